"""Each claim about speed as a script that prints its figure."""
