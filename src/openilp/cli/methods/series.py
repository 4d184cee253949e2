"""near repeats, hours, trends, linkage, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
