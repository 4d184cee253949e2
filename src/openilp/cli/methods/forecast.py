"""Forecasts of places, and their scores, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
