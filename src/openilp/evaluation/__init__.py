"""What is it worth? Grades for source and information, sanitised versions, replies."""
