"""Requests of people whose data are held, at the terminal: what waits, and by when."""

import click

from openilp.cli.accounts import Wanted, acting_as


@click.group("rights")
def group() -> None:
    """See which requests of persons wait for an answer."""


@group.command("list")
@click.option(
    "--show",
    type=click.Choice(["open", "overdue", "mine", "all"]),
    default="open",
    show_default=True,
    help="which requests",
)
@click.pass_obj
def list_requests(wanted: Wanted, show: str) -> None:
    """List requests, the earliest last day first; names stay on the desk."""
    with acting_as(wanted, "rights_list", default="data.protection") as actor:
        from openilp.oversight.selectors import rights

        rows = list(rights.requests(actor=actor, show=show)[:200])
        for row in rows:
            print(f"{row.due_on}  {row.ref}  {row.kind:<13}  {rights.time_of(row).state}")
        if not rows:
            click.echo("No request is there.", err=True)
