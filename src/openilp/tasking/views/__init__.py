"""Pages of tasking."""
