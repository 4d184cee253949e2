"""`openilp method NAME FILE…`: the analysis library from a terminal, on files, without a database.

A family of methods is one module here with a tuple `COMMANDS`; it is read when one of its methods is asked for,
so that other commands do not wait for it. How a method is added stands in `openilp.cli.methods.shared`.
"""

from importlib import import_module

import click

#: The modules with a tuple COMMANDS each.
FAMILIES = (
    "space",
    "series",
    "forecast",
    "networks",
    "threat",
    "judgement",
    "allocation",
    "impact",
    "fairness",
)


class Methods(click.Group):
    """The group of all methods; its families load when they are needed."""

    def _load(self) -> None:
        if not self.commands:
            for family in FAMILIES:
                for command in import_module(f"openilp.cli.methods.{family}").COMMANDS:
                    self.add_command(command)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all methods."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a method by its name."""
        self._load()
        return super().get_command(ctx, cmd_name)


@click.group("method", cls=Methods)
def group() -> None:
    """Run an analysis method on a file; needs no database and no account."""
