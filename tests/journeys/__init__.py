"""Walks through the pages in a real browser, against the demo agency as `openilp demo` makes it."""
