"""Tests of what was decided."""
