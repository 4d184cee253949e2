"""Imports: what comes in by file."""
