"""The demo agency."""
