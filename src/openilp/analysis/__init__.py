"""What does it mean? Method runs, assessments and products."""
