"""Breaking the glass at the terminal."""

import click

from openilp.cli.accounts import Wanted, acting_as


@click.command("break-glass")
@click.argument("matter")
@click.option("--reason", "reason_code", required=True, help="life-at-risk or incident")
@click.option("--why", required=True, help="what is happening, in a sentence; another unit reviews it")
@click.option("--minutes", default=60, show_default=True, help="15 to 240; then it closes by itself")
@click.pass_obj
def break_glass(wanted: Wanted, matter: str, reason_code: str, why: str, minutes: int) -> None:
    """Open MATTER for oneself in an emergency; members, reviewers and the log learn of it at once."""
    from openilp.safeguards import emergencies

    with acting_as(wanted, "break_glass") as actor:
        row = emergencies.break_glass(
            actor=actor, matter=matter, reason_code=reason_code, reason=why, minutes=minutes
        )
    print(f"{row.ref}: {row.matter_ref} is open to {actor.name} until {row.ends_at:%Y-%m-%d %H:%M %Z}.")
    print(f"Act for it with --matter {row.matter_ref}; a person of another unit reviews it.")


COMMANDS = (break_glass,)
