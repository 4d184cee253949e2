"""What was decided? Meetings, decisions, operations, tasks and resources."""
