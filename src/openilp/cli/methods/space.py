"""Where: density, hot spots and risk, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
