"""Questions about analysis."""
