"""Entities and links that another system holds: they stay in quarantine until somebody has categorised them."""
