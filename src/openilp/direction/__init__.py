"""What must we know? Priorities, requirements and collection plans."""
