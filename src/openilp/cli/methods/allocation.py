"""Allocation of operations and units, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
