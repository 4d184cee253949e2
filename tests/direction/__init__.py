"""Direction: what must be known, by whom and by when."""
