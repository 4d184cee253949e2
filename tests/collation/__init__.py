"""Collation: what is said, how it connects, who is one."""
