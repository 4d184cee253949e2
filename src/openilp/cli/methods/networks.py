"""Networks of one matter, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
