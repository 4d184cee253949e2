"""The reports of the stories, handed in by the officers of the districts and by the liaison officer."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby

from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.demo_agency.stories import Draft, drafts
from openilp.collection import services
from openilp.collection.models import Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.direction.models import Requirement
from openilp.safeguards.actor import Actor

CHUNK = 20
#: Every n-th report on the vehicle ring comes from abroad, through the liaison officer, for the ring's matter only.
_FROM_ABROAD = 5
_OFFICERS = {
    "SOU-1": "officer.sou1", "SOU-2": "officer.sou2", "MID-1": "officer.mid1", "MID-2": "officer.mid2",
    "MID-3": "officer.mid3", "NOR-1": "officer.nor1", "NOR-2": agency.REPORTER, "NOR-3": "officer.nor3",
}  # fmt: skip
_PREDICATE_LEVELS = ("SUS", "PFC")


def is_from_abroad(draft: Draft) -> bool:
    """Tell whether a report reaches the agency through the liaison officer."""
    return draft.story == "ring" and draft.number % _FROM_ABROAD == 0


def hand_in(steps: Steps, progress: Callable[[float], None]) -> None:
    """Hand in all reports, in order of time for each officer."""
    chunks = list(_chunks(drafts()))
    for number, (author, chunk) in enumerate(chunks):
        matter = agency.RING if author == agency.LIAISON else agency.DESK
        steps.once(
            f"reports/{number}",
            partial(_submit, chunk=chunk, steps=steps),
            by=author,
            matter=matter,
        )
        progress((number + 1) / len(chunks))


def report_ids(steps: Steps) -> dict[int, str]:
    """Return the ids of the reports by the number of their draft."""
    found: dict[int, str] = {}
    for name, left in steps.done.items():
        if name.startswith("reports/"):
            found |= {int(number): str(key) for number, key in left.items()}
    return found


def _chunks(told: Sequence[Draft]) -> Iterator[tuple[str, list[Draft]]]:
    by_author = sorted(told, key=lambda draft: (_author(draft), draft.number))
    for author, group in groupby(by_author, key=_author):
        mine = list(group)
        for begin in range(0, len(mine), CHUNK):
            yield author, mine[begin : begin + CHUNK]


def _author(draft: Draft) -> str:
    return agency.LIAISON if is_from_abroad(draft) else _OFFICERS[draft.spot.district]


def _submit(actor: Actor, chunk: Sequence[Draft], steps: Steps) -> Left:
    left: Left = {}
    asked = {
        story: Requirement.objects.seen_by(actor).filter(pk=key).first()
        for story, key in steps.done.get("direction/requirements", {}).items()
    }
    for draft in chunk:
        secret = frozenset({actor.purpose}) if is_from_abroad(draft) and actor.purpose else frozenset()
        row: Report = services.submit_report(
            actor=actor,
            new=_new(draft),
            legal_basis="IPC-7" if is_from_abroad(draft) else "POL-12",
            label=actor.label(compartments=secret),
            requirement=asked.get(draft.story) if draft.number % 3 == 0 else None,
        )
        left[str(draft.number)] = str(row.pk)
    return left


def _new(draft: Draft) -> NewReport:
    from openilp.cli.demo_agency.stories import sentences

    items = []
    for item in draft.items:
        mentions = []
        for figure in (item.fact.a, item.fact.b):
            category = draft.proposed.get(figure.key, "")
            mentions.append(
                NewMention(
                    entity_type=figure.kind,
                    text=figure.written(draft.language),
                    proposed_category=category,
                    predicate=sentences()["predicates"][draft.story] if category in _PREDICATE_LEVELS else "",
                )
            )
        items.append(NewItem(item.text, item.kind, mentions))
    return NewReport(
        items=items,
        urgency=draft.urgency,
        provenance="other_agency" if is_from_abroad(draft) else draft.provenance,
        title=draft.title,
        language=draft.language,
        observed_at=draft.observed_at,
        place=draft.place,
        longitude=draft.spot.longitude,
        latitude=draft.spot.latitude,
    )
