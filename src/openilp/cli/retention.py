"""Retention at the terminal: the night's work, what comes due, and the ledger after a restore."""

from pathlib import Path

import click

from openilp.cli.accounts import Wanted, acting_as, actor_of

_KEEPER = "data.protection"
_LEDGER = click.option(
    "--ledger",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="another copy of the ledger (default: the instance's own)",
)


@click.group("retention")
def group() -> None:
    """Review, restrict and erase records whose time has come."""


@group.command("due")
@click.option("--within", "within_days", default=30, show_default=True, help="days ahead")
@click.pass_obj
def due(wanted: Wanted, within_days: int) -> None:
    """List the records whose review comes, the earliest first."""
    with acting_as(wanted, "retention_due", default=_KEEPER) as actor:
        from openilp.oversight import selectors

        found = selectors.waiting(selectors.due(actor=actor, within_days=within_days)[:200], actor=actor)
        for one in found:
            clock = one.clock
            print(
                f"{clock.due_on}  {one.ref:<12}  {one.rule or '–':<8}  erased {clock.erase_on}  {one.title[:60]}"
            )
        if not found:
            click.echo("No review comes in that time.", err=True)


@group.command("run")
@click.pass_obj
def run(wanted: Wanted) -> None:
    """Do the night's work now: restrict what was missed, erase what has run out."""
    from openilp.cli.running import open_database

    open_database()
    from openilp.oversight.tasks import run_night

    done = run_night(actor_of(wanted, default=_KEEPER))
    print(
        f"{done['wound']} clocks wound, {done['restricted']} restricted, {done['erasures']} certificates of erasure."
    )


@group.command("ledger")
@_LEDGER
def check(file: Path | None) -> None:
    """Check that every line of the erasure ledger continues the line before."""
    from openilp.cli.running import load_django

    load_django()
    from openilp.safeguards.retention import ledger

    print(f"{sum(1 for _ in ledger.read(file))} lines, whole: {file or ledger.path()}")


@group.command("reapply")
@_LEDGER
def reapply(file: Path | None) -> None:
    """Erase again what a restored database has brought back; `openilp restore` does it before it opens."""
    from openilp.cli.running import open_database

    open_database()
    from openilp.oversight import restoring

    done = restoring.reapply(file)
    print(
        f"{done.lines} lines; {done.erased} records were back and are erased; {done.destroyed} keys destroyed again."
    )
