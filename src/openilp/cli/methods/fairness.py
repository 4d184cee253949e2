"""Fairness of data, products and forecasts, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
