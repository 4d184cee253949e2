"""The frame: requests, log-in, home, accounts, search, words."""
