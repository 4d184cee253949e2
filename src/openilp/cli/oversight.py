"""Overseeing at the terminal: look for signs of misuse, list them, count."""

import click

from openilp.cli.accounts import Wanted, acting_as


@click.group("oversight")
def group() -> None:
    """Look for signs of misuse in the audit log, and count its use."""


@group.command()
@click.pass_obj
def examine(wanted: Wanted) -> None:
    """Examine the log from where the last examination ended up to now."""
    from django.utils import timezone

    from openilp.oversight.services import misuse

    with acting_as(wanted, "examine_log", default="oversight") as actor:
        row = misuse.examine_log(actor=actor, until=timezone.now())
    print(f"{row.events} events from {row.since:%Y-%m-%d %H:%M} to {row.until:%Y-%m-%d %H:%M %Z}:")
    print(f"{row.signs} new signs, {row.samples} look-ups drawn, {row.unreviewable} without a reviewer.")


@group.command()
@click.option("--all", "everything", is_flag=True, help="also those that are answered")
@click.pass_obj
def signs(wanted: Wanted, everything: bool) -> None:
    """List the newest signs of misuse."""
    from openilp.oversight.selectors import misuse

    with acting_as(wanted, "signs", default="oversight") as actor:
        rows = list(misuse.sign_list(actor=actor, only_open=not everything).order_by("-created_at")[:50])
        for row in rows:
            print(f"{row.ref}  {row.rule:<18} {row.about.username:<24} {row.last_at:%Y-%m-%d %H:%M}")
    if not rows:
        print("No sign waits for an answer.")


@group.command()
@click.pass_obj
def figures(wanted: Wanted) -> None:
    """Count look-ups by unit and duty; small cells are left out."""
    from openilp.oversight.selectors import misuse

    with acting_as(wanted, "figures", default="oversight") as actor:
        table = misuse.figures(actor=actor).by_unit
    print("unit", *table.columns, sep="\t")
    for row in table.rows:
        print(row.name, *("under 5" if n is None else n for n in row.cells), sep="\t")


@group.command("would-see")
@click.argument("account")
@click.option("--outside", is_flag=True, help="acting outside any matter")
@click.pass_obj
def would_see(wanted: Wanted, account: str, outside: bool) -> None:
    """Count what ACCOUNT would see by kind and reason: numbers only."""
    from openilp.oversight.selectors import simulator
    from openilp.safeguards.simulating import REASONS

    with acting_as(wanted, "would_see", default="administrator") as actor:
        found = simulator.of_account(account, actor=actor, outside=outside)
    print("kind", *REASONS, sep="\t")
    for row in found.table.rows:
        print(row.name, *("under 5" if n is None else n for n in row.cells), sep="\t")
