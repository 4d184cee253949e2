"""Impact of an operation, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
