"""Who was told? Releases, receipts, ratings and recalls."""
