"""Lists, single records and the golden thread in a terminal."""

import json
from typing import Any

import click

from openilp.cli.accounts import Wanted, acting_as

_DEMO_READER = "head.of.intelligence"
_MOST = 200


def _facts(row: Any) -> dict[str, Any]:
    """Return a row's own fields; keys of other rows as references where the actor sees them."""
    found: dict[str, Any] = {}
    for field in row._meta.fields:
        if field.name in {"words", "content_hash"}:
            continue
        value = getattr(row, field.attname)
        found[field.name] = (
            value if value is None or isinstance(value, bool | int | float | list | dict) else str(value)
        )
    return found


def _title(row: Any) -> str:
    for name in ("title", "question", "name", "text", "value", "what", "kind"):
        if value := getattr(row, name, ""):
            return str(value).replace("\n", " ")[:100]
    return ""


@click.command("list")
@click.argument("kind")
@click.option("--json", "as_json", is_flag=True, help="one JSON array")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, _MOST))
@click.pass_obj
def list_kind(wanted: Wanted, kind: str, as_json: bool, limit: int) -> None:
    """List the newest records of a KIND (report, item, entity, product, task …)."""
    with acting_as(wanted, "list", default=_DEMO_READER) as actor:
        from openilp.safeguards.find import kinds

        known = {k: m for k, m in kinds().items() if any(f.name == "ref" for f in m._meta.fields)}
        if kind not in known:
            raise click.BadParameter(
                f"'{kind}' is no kind; use one of {', '.join(sorted(known))}.", param_hint="KIND"
            )
        rows = list(known[kind].objects.seen_by(actor).order_by("-created_at")[:limit])
        if as_json:
            click.echo(json.dumps([_facts(row) for row in rows], ensure_ascii=False, indent=2))
            return
        for row in rows:
            click.echo(f"{row.ref}  {row.created_at:%Y-%m-%d}  {_title(row)}")
        if not rows:
            click.echo(f"No {kind} that this account may see.", err=True)


@click.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@click.pass_obj
def show(wanted: Wanted, reference: str, as_json: bool) -> None:
    """Show the record with a REFERENCE such as R-7K4M-2QXD."""
    with acting_as(wanted, "show", default=_DEMO_READER) as actor:
        from openilp.safeguards.find import by_reference

        row = by_reference(reference, actor=actor)
        facts = {"kind": str(row._meta.model_name), **_facts(row)}
        if as_json:
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
            return
        for name, value in facts.items():
            click.echo(f"{name:<20} {value}")


@click.command()
@click.argument("reference")
@click.option("--forward", is_flag=True, help="only what it led to: everything that a false source taints")
@click.option("--json", "as_json", is_flag=True, help="`nodes` and `edges`")
@click.pass_obj
def thread(wanted: Wanted, reference: str, forward: bool, as_json: bool) -> None:
    """Draw the golden thread of the record with a REFERENCE."""
    with acting_as(wanted, "thread", default=_DEMO_READER) as actor:
        from openilp.review import thread as golden

        found = golden.thread(reference, actor=actor, direction="forward" if forward else "both")
        if as_json:
            click.echo(json.dumps(golden.as_json(found), ensure_ascii=False, indent=2))
            return
        for node in found.nodes:
            click.echo(f"{node.ref:<14} {node.kind:<16} {node.label}")


COMMANDS = (list_kind, show, thread)
