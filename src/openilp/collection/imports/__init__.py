"""What comes in by file: read with limits, mapped, refused row by row, and never taken in twice."""
