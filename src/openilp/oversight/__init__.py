"""Is it lawful, and can it be shown? Retention reviews, rights of the people concerned, breaches, assessments."""
