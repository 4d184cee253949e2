"""What the graded reports say, settled: mentions become statements on entities, facts become links."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from openilp import reference
from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.grading import graded_drafts
from openilp.cli.demo_agency.reporting import is_from_abroad, report_ids
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.demo_agency.stories import Draft, Fact, sentences
from openilp.collation import services
from openilp.collation.models import Entity
from openilp.collation.rules import NewInvolvement
from openilp.collation.services import NewLink
from openilp.collection.models import Item, Mention
from openilp.safeguards.actor import Actor

#: Reports of the first months are collated; the later ones wait in the tray.
COLLATED = 250
_CHUNK = 25


def link(steps: Steps, progress: Callable[[float], None]) -> None:
    """Settle the mentions of the first reports and draw the links that they show."""
    ids = report_ids(steps)
    done = graded_drafts()[:COLLATED]
    chunks = [done[begin : begin + _CHUNK] for begin in range(0, len(done), _CHUNK)]
    for number, chunk in enumerate(chunks):
        who = (agency.ANALYST, agency.EVALUATOR)[number % 2]
        known = entity_ids(steps)
        steps.once(
            f"links/{number}",
            partial(_settle, chunk=chunk, ids=ids, known=dict(known)),
            by=who,
            matter=agency.DESK,
        )
        progress((number + 1) / len(chunks))
    _merge(steps)


def entity_ids(steps: Steps) -> dict[str, str]:
    """Return the ids of the entities by the keys of the figures that they stand for."""
    found: dict[str, str] = {}
    for name, left in steps.done.items():
        if name.startswith("links/"):
            found |= left
    return found


def _settle(actor: Actor, chunk: Sequence[Draft], ids: dict[int, str], known: dict[str, str]) -> Left:
    fresh: Left = {}
    rows = {str(row.pk): row for row in Entity.objects.seen_by(actor).filter(pk__in=list(known.values()))}
    for draft in chunk:
        items = Item.objects.seen_by(actor).filter(report=ids[draft.number]).order_by("number")
        for item, drafted in zip(items, draft.items, strict=True):
            mentions = {m.text: m for m in Mention.objects.seen_by(actor).filter(item=item)}
            for figure in (drafted.fact.a, drafted.fact.b):
                # What came from abroad is for the ring's matter; an entity that others work with is not hidden in it.
                row = rows.get(known.get(figure.key, ""))
                statement = services.settle_mention(
                    actor=actor,
                    mention=mentions[figure.written(draft.language)[:200]],
                    entity=row,
                    involvement=_category(draft, figure.key, figure.category) if row is None else None,
                )
                if row is None:
                    known[figure.key] = fresh[figure.key] = str(statement.entity_id)
                    rows[known[figure.key]] = Entity.objects.seen_by(actor).get(pk=statement.entity_id)
            _link(actor, drafted.fact, item, rows, known, draft)
    return fresh


def _category(draft: Draft, key: str, category: str) -> NewInvolvement | None:
    if not category:
        return None
    needed = reference.subject_category(category).needs_predicate
    return NewInvolvement(
        category=category,
        predicate=sentences()["predicates"][draft.story] if needed else "",
        since=draft.observed_at.date(),
    )


def _link(
    actor: Actor, fact: Fact, item: Item, rows: dict[str, Entity], known: dict[str, str], draft: Draft
) -> None:
    services.link_entities(
        actor=actor,
        source=rows[known[fact.a.key]],
        target=rows[known[fact.b.key]],
        new=NewLink(
            type=fact.link,
            confirmation=_confirmation(draft),
            kind=item.kind,
            valid_from=date(2024, draft.observed_at.month, draft.observed_at.day),
        ),
        item=item,
    )


def _confirmation(draft: Draft) -> str:
    if is_from_abroad(draft) or draft.provenance in ("seen", "told"):
        return "unconfirmed" if draft.provenance == "told" else "probable"
    return "confirmed" if draft.provenance in ("technical", "document") else "unconfirmed"


def _merge(steps: Steps) -> None:
    """Judge two pairs of people: one same man under two spellings, one mere likeness."""
    known = entity_ids(steps)

    def judge(actor: Actor) -> None:
        pairs = (
            (
                "burglary/person/3",
                "drugs/person/7",
                "same",
                "Same telephone number, and the same scar on the left hand.",
            ),
            (
                "burglary/person/6",
                "ring/person/8",
                "different",
                "Seen at the same hour forty kilometres apart.",
            ),
        )
        for left, right, verdict, reason in pairs:
            if left in known and right in known:
                both = [Entity.objects.seen_by(actor).get(pk=known[key]) for key in (left, right)]
                services.judge_identity(
                    actor=actor, left=both[0], right=both[1], verdict=verdict, reason=reason
                )

    steps.once("judgements", judge, by=agency.ANALYST, matter=agency.DESK)
