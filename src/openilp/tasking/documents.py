"""Minutes as a tagged PDF, from their frozen content alone."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from openilp import reference
from openilp.analysis.documents import document_head, document_pdf
from openilp.safeguards.actor import Actor
from openilp.tasking.models import Minutes

_TEMPLATE = Path(__file__).parent / "typst" / "minutes.typ"


def minutes_pdf(row: Minutes, *, actor: Actor) -> bytes:
    """Return the minutes as PDF, marked with the reader's name."""
    return document_pdf(_TEMPLATE, minutes_data(row, actor=actor), f"{actor.name} · {row.ref}")


def minutes_data(row: Minutes, *, actor: Actor) -> dict[str, Any]:
    """Return what the document of minutes shows."""
    said = row.content
    meeting = said["meeting"]
    return {
        "head": document_head(
            row,
            actor=actor,
            kind=_("Minutes"),
            ref=row.ref,
            title=meeting["title"],
            date=str(meeting["closed_at"])[:10],
        ),
        "facts": [
            [_("Meeting"), meeting["ref"]],
            [_("Type"), _word(meeting["kind"], "meeting-types")],
            [_("Unit"), meeting["unit"]],
            [_("Chair"), meeting["chair"]],
            [_("Opened"), meeting["opened_at"].replace("T", " ")[:16]],
            [_("Closed"), meeting["closed_at"].replace("T", " ")[:16]],
            ["SHA-256", row.sha256],
        ],
        "members_title": _("Present"),
        "members_head": [_("Name"), _("Unit"), _("Vote"), _("Present")],
        "members": [
            [m["name"], m["unit"], _yes(m["has_vote"]), _yes(m["is_present"])] for m in said["members"]
        ],
        "comparisons": [_comparison(row) for row in said.get("comparisons", ())],
        "points": [_point(point) for point in said["agenda"]],
    }


def _point(point: dict[str, Any]) -> dict[str, Any]:
    lines = [[_("Laid before the meeting"), _exhibit(row)] for row in point.get("exhibits", ())]
    if point["noted"]:
        lines.append([_("Noted"), point["noted"]])
    options: list[list[str]] = []
    if decision := point["decision"]:
        lines += _decided(decision)
        options = [
            [option["key"], option["text"], str(option["hours"]), option["money"]]
            for option in decision["options"]
        ]
    if ratification := point["ratification"]:
        word = _("Ratified") if ratification["is_ratified"] else _("Not ratified")
        lines.append([f"{word} {ratification['decision']}", ratification["reason"]])
    return {
        "title": f"{point['number']}. {point['title']}",
        "lines": lines or [["", _("Not spoken of.")]],
        "options_head": [_("Option"), _("What"), _("Hours"), _("Money")],
        "options": options,
    }


def _comparison(row: dict[str, Any]) -> dict[str, Any]:
    keys = [candidate["key"] for candidate in row["candidates"]]
    return {
        "title": f"{row['title']} {row['ref']}",
        "candidates": [f"{c['key']}: {c['title']} {c['ref']}".strip() for c in row["candidates"]],
        "head": [_("Criterion"), _("Weight"), *keys],
        "rows": [
            [
                _word(criterion["code"], "comparison-criteria"),
                _word(criterion["weight"], "comparison-weights"),
                *(_judged(row["cells"][key][criterion["code"]]) for key in keys),
            ]
            for criterion in row["criteria"]
        ],
        "conclusion": row["conclusion"],
    }


def _judged(cell: dict[str, str]) -> str:
    said = f"{_word(cell['degree'], 'comparison-degrees')} ({_word(cell['confidence'], 'confidence')})"
    return f"{said}: {cell['reason']}" if cell["reason"] else said


def _exhibit(row: dict[str, Any]) -> str:
    edition = _("edition %(n)d") % {"n": row["edition"]} if row["edition"] else ""
    said = ", ".join(part for part in (f"{row['title']} {row['ref']}", edition) if part)
    return f"{said}, {_('frozen')} {row['frozen_at'].replace('T', ' ')[:16]}, SHA-256 {row['sha256'][:12]}…"


def _decided(decision: dict[str, Any]) -> list[list[str]]:
    lines = [
        [_("Decision"), f"{decision['ref']}: {decision['chosen']} – {decision['decided_by']}"],
        [_("Reasons"), decision["reasons"]],
        [_("Necessary?"), decision["necessity"]],
        [_("Proportionate?"), decision["proportionality"]],
        [_("Who could be hit wrongly?"), decision["non_discrimination"]],
        [_("Dissent"), decision["dissent"] or _("None was voiced.")],
        [_("Effect reviewed on"), decision["effect_review_on"]],
    ]
    lines += [[_("Known to have changed since the opening"), said] for said in decision.get("changed", ())]
    lines += [
        [
            f"{answer['recommendation']}: {_word(answer['verdict'], 'response-answers')}",
            f"{answer['changed_text'] or answer['text']} – {answer['reason']}",
        ]
        for answer in decision["responses"]
    ]
    lines += [[_("Adopted"), ref] for ref in decision["adoptions"]]
    for operation in decision["operations"]:
        lines.append([_("Operation"), f"{operation['name']} {operation['ref']}, {operation['plan_owner']}"])
        lines += [
            [_("Task"), f"{task['title']} – {task['owner']}, {task['due_on']}, {task['hours']} h"]
            for task in operation["tasks"]
        ]
    return lines


def _word(code: str, vocabulary: str) -> str:
    scale = reference.vocabulary(vocabulary)
    return _(scale.value(code).label) if code in scale.codes else code


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
