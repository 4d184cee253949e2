"""The database server: starting an embedded one, and preparing roles and database on any."""
