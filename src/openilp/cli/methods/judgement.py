"""Judgement and threat, from a terminal."""

import click

COMMANDS: tuple[click.Command, ...] = ()
