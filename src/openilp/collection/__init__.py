"""What came in? Reports with their items and mentions, and imported incidents."""
