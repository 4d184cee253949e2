"""What must hold everywhere: who acts, for which matter, on which rows, and the record of it."""
