"""Minutes that write themselves: a closed meeting in plain values, with its hash."""

from typing import Any

from openilp.analysis.canonical import digest
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, joined
from openilp.tasking import selectors
from openilp.tasking.changes import Change
from openilp.tasking.models import AgendaItem, Comparison, Decision, Exhibit, Meeting, Operation


def compiled(meeting: Meeting, *, actor: Actor) -> tuple[dict[str, Any], str, Label]:
    """Return content, hash and label of the minutes, from what the actor may see of the meeting."""
    members = selectors.members_of(meeting, actor=actor)
    agenda = selectors.agenda_of(meeting, actor=actor)
    decided = selectors.decided_items(meeting, actor=actor)
    ratified = {r.decision_id: r for r in selectors.ratifications_in(meeting, actor=actor)}
    pack = {
        item.pk: [e for e in shown if e.kind in _LISTED]
        for item, shown in selectors.pack_of(meeting, actor=actor)
    }
    compared = selectors.comparisons_in(meeting, actor=actor)
    content = {
        "version": 2,
        "comparisons": [_comparison(row) for row in compared],
        "meeting": {
            "ref": meeting.ref,
            "kind": meeting.kind,
            "title": meeting.title,
            "unit": meeting.unit.name,
            "organisation_level": meeting.organisation_level,
            "chair": str(meeting.chair),
            "opened_at": _moment(meeting.opened_at),
            "closed_at": _moment(meeting.closed_at),
            "quorum": meeting.quorum,
        },
        "members": [
            {
                "name": str(m.person),
                "unit": m.person.unit.name,
                "has_vote": m.has_vote,
                "is_present": m.is_present,
            }
            for m in members
        ],
        "agenda": [
            _point(
                item,
                decided.get(item.pk),
                ratified.get(item.decision_id) if item.decision_id else None,
                pack.get(item.pk, []),
                actor,
            )
            for item in agenda
        ],
    }
    exhibits = [each for shown in pack.values() for each in shown]
    rows = [meeting, *agenda, *decided.values(), *ratified.values(), *exhibits, *compared]
    return content, digest(content), joined(row.label for row in rows)


def _comparison(row: Comparison) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "title": row.title,
        "drawn_up_by": str(row.created_by),
        "criteria": row.criteria,
        "candidates": row.candidates,
        "cells": row.cells,
        "conclusion": row.conclusion,
    }


#: Exhibits that the minutes name one by one; tasks and priorities stand in the pack of the meeting.
_LISTED = ("product", "decision")


def _point(
    item: AgendaItem,
    decision: Decision | None,
    ratification: Any,
    exhibits: list[Exhibit],
    actor: Actor,
) -> dict[str, Any]:
    return {
        "number": item.number,
        "kind": item.kind,
        "title": item.title,
        "noted": item.noted,
        "exhibits": [
            {
                "ref": each.ref,
                "title": each.title,
                "edition": (each.content.get("edition") or {}).get("number"),
                "frozen_at": _moment(each.created_at),
                "sha256": each.sha256,
            }
            for each in exhibits
        ],
        "decision": decision and decision_as_minuted(decision, actor=actor),
        "ratification": ratification
        and {
            "ref": ratification.ref,
            "decision": ratification.decision.ref,
            "is_ratified": ratification.is_ratified,
            "reason": ratification.reason,
        },
    }


def decision_as_minuted(row: Decision, *, actor: Actor) -> dict[str, Any]:
    """Return a decision in plain values, with its answers and what it set in motion."""
    return {
        "ref": row.ref,
        "title": row.title,
        "decided_by": str(row.created_by),
        "decided_at": _moment(row.created_at),
        "options": row.options,
        "chosen": row.chosen,
        "reasons": row.reasons,
        "dissent": row.dissent,
        "necessity": row.necessity,
        "proportionality": row.proportionality,
        "non_discrimination": row.non_discrimination,
        "effect_review_on": row.effect_review_on.isoformat(),
        "is_emergency": row.is_emergency,
        "evidence_sha256": row.evidence_sha256,
        "changed": [Change(**each).words for each in row.evidence.get("changed", ())],
        "responses": [
            {
                "recommendation": r.recommendation.ref,
                "text": r.recommendation.text,
                "verdict": r.verdict,
                "reason": r.reason,
                "changed_text": r.changed_text,
            }
            for r in selectors.responses_of(row, actor=actor)
        ],
        "adoptions": [
            made.ref
            for adoption in selectors.adoptions_of(row, actor=actor)
            for made in (adoption.priority, adoption.requirement, adoption.product)
            if made is not None
        ],
        "operations": [_operation(o, actor) for o in selectors.operations_of(row, actor=actor)],
    }


def _operation(row: Operation, actor: Actor) -> dict[str, Any]:
    found = selectors.tasks(actor=actor).filter(operation=row).select_related("owner").order_by("created_at")
    return {
        "ref": row.ref,
        "name": row.name,
        "plan_owner": str(row.plan_owner),
        "period": [row.starts_on.isoformat(), row.ends_on.isoformat()],
        "tasks": [
            {
                "ref": task.ref,
                "title": task.title,
                "strand": task.strand,
                "owner": str(task.owner),
                "due_on": task.due.isoformat(),
                "hours": task.hours_planned,
                "money": str(task.money_planned),
            }
            for task in found
        ],
    }


def _moment(moment: Any) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
