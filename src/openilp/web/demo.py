"""What only the demo has: a password that everybody may know."""

#: Printed on the terminal and on the log-in page of the demo; no other installation has it.
DEMO_PASSWORD = "altania demo 2024"  # noqa: S105  (printed openly on purpose)
