"""Letting somebody act in one's place, at the terminal."""

from datetime import timedelta

import click

from openilp.cli.accounts import Wanted, acting_as
from openilp.safeguards.roles import Role


@click.command("delegate")
@click.argument("account")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="an own duty",
)
@click.option(
    "--in",
    "matters",
    multiple=True,
    required=True,
    help="reference of an own matter; may be repeated",
)
@click.option("--days", default=7, show_default=True, help="1 to 30; then it ends by itself")
@click.option("--why", required=True, help="for whoever reads it later")
@click.pass_obj
def delegate(
    wanted: Wanted, account: str, roles: tuple[str, ...], matters: tuple[str, ...], days: int, why: str
) -> None:
    """Let ACCOUNT act in one's place for some days."""
    from django.utils import timezone

    from openilp.safeguards import people
    from openilp.web import selectors

    with acting_as(wanted, "delegate") as actor:
        row = people.delegate(
            actor=actor,
            to=selectors.account(account, actor=actor),
            roles=[Role(role) for role in roles],
            matters=[selectors.matter(ref, actor=actor) for ref in matters],
            until=timezone.now() + timedelta(days=days),
            reason=why,
        )
    print(f"{row.delegate.username} stands in for {actor.name} until {row.until:%Y-%m-%d %H:%M %Z}.")


COMMANDS = (delegate,)
