"""Sensitive records at the terminal: say why before opening one, mark one, end a mark."""

import click

from openilp.cli.accounts import Wanted, acting_as

_WHY = click.option("--why", required=True, help="a sentence; whoever marked the record reads it")


@click.group("sensitive")
def group() -> None:
    """Say why before a sensitive record opens; mark one, or end its mark."""


@group.command("open")
@click.argument("reference")
@_WHY
@click.pass_obj
def open_record(wanted: Wanted, reference: str, why: str) -> None:
    """Say why one opens the record with a REFERENCE; it is open to the account for an hour."""
    from openilp.safeguards import sensitive

    with acting_as(wanted, "open_sensitive") as actor:
        row = sensitive.open_sensitive(actor=actor, reference=reference, reason=why)
    print(f"{reference.upper()} is open to {actor.name} until {row.until:%Y-%m-%d %H:%M %Z}.")


@group.command("mark")
@click.argument("reference")
@_WHY
@click.pass_obj
def mark(wanted: Wanted, reference: str, why: str) -> None:
    """Have everybody say why before opening the record with a REFERENCE."""
    from openilp.safeguards import sensitive

    with acting_as(wanted, "mark_sensitive") as actor:
        sensitive.mark_sensitive(actor=actor, reference=reference, reason=why)
    print(f"{reference.upper()} is marked as sensitive.")


@group.command("end")
@click.argument("reference")
@_WHY
@click.pass_obj
def end(wanted: Wanted, reference: str, why: str) -> None:
    """Have the record with a REFERENCE open as any other again."""
    from openilp.safeguards import sensitive

    with acting_as(wanted, "end_sensitive") as actor:
        sensitive.end_sensitive(actor=actor, reference=reference, reason=why)
    print(f"{reference.upper()} is marked as sensitive no longer.")
