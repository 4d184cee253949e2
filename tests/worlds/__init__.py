"""Whole worlds: a small agency with something of every kind, and its twin that hides more."""
