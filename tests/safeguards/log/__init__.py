"""The audit log on disk: tree, notes, segments, witness, verification, court bundle."""
