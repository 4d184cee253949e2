"""What came of it? Outcomes, results, lessons and the golden thread."""
