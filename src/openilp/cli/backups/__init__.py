"""Copies of an instance: taken while it runs, checked to the byte, restored into an empty place."""
