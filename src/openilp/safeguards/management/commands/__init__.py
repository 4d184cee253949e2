"""Commands that must run as the owner of the tables."""
