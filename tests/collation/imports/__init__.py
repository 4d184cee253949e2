"""Imported entities and links."""
