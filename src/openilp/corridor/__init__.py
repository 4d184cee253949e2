"""The source handlers' desk, sterile: own schema, role, connection and keys; only sanitised words cross."""
