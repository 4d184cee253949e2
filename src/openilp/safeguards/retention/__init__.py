"""Retention: the clock of every record, and the one narrow door through which records leave."""
