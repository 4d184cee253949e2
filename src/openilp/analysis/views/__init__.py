"""Pages of analysis, one file a noun."""
