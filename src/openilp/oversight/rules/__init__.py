"""What counts as a sign of misuse, a fair sample and a figure that may be shown."""
