"""Tests of what came of it, and of the golden thread."""
