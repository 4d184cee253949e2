"""The audit log as a Merkle tree on disk: entries, signed checkpoints, witnesses, proofs. No database, no Django."""
