"""What world A holds beyond world B: rows of every kind on the very objects that everybody sees, hidden four ways."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from openilp.collation.models import Entity, Link, Statement
from openilp.collection import services as collection
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.evaluation import services as evaluation
from openilp.safeguards.actor import Actor
from openilp.safeguards.find import kinds
from openilp.safeguards.labels import Label, Level, State
from openilp.safeguards.models import Matter, User
from openilp.safeguards.people import actor_for, open_matter
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.roles import Role
from tests.worlds.agency import BASIS, OUTSIDE, Agency
from tests.worlds.deciding import carry_on
from tests.worlds.knowing import gather
from tests.worlds.routes import HIDDEN_WORD
from tests.worlds.verbs import import_in_secret

KEEPER = Role.DATA_PROTECTION_OFFICER
_LABEL = {"level", "compartments", "owner_unit", "releasable_to", "originator_control", "state"}
_OWN = {"id", "ref", "created_at", "created_by", "recorded_on"}
#: Fields of text that hold codes or hashes: they stay as they are, or the row would be nonsense.
_LONGEST_CODE = 64
#: Rows of each kind that get hidden companions.
_EACH = 2
#: Objects that are tried in turn where there may be one companion an object.
_MOST_OTHERS = 60
#: Siblings of everything in the process that is walked inside the hidden matter.
_SHADOWS = 2

Hide = Callable[[Label], Label]


def ways(inside: UUID) -> dict[str, Hide]:
    """Return the four ways in which a row can be out of reach."""
    return {
        "confidential": lambda label: replace(label, level=Level.CONFIDENTIAL),
        "compartment": lambda label: replace(label, compartments=label.compartments | {inside}),
        "quarantined": lambda label: replace(label, state=State.QUARANTINED),
        "restricted": lambda label: replace(label, state=State.RESTRICTED),
    }


def hide(agency: Agency, wanted: tuple[str, ...]) -> dict[str, int]:
    """Write companions hidden in the wanted ways beside the rows of every kind; return how many of each kind."""
    key = nightjar(agency)
    made: dict[str, int] = {}
    with agency.acting(KEEPER, cleared=True) as actor:
        for name in wanted:
            way = ways(key)[name]
            for kind, model in kinds().items():
                if issubclass(model, ProtectedRecord):
                    made[kind] = made.get(kind, 0) + _companions(model, actor, way)
            _strangers(actor, way)
    if "confidential" in wanted:
        _through_verbs(agency, key)
    return made


def nightjar(agency: Agency) -> UUID:
    """Return the matter that cleared accounts alone know of, opened on the first call."""
    with agency.acting(Role.HEAD_OF_INTELLIGENCE, cleared=True) as actor:
        found = Matter.objects.seen_by(actor).filter(title=f"Nightjar {HIDDEN_WORD}").first()
        if found is None:
            found = open_matter(
                actor=actor,
                title=f"Nightjar {HIDDEN_WORD}",
                kind="operation",
                purpose_code="detect",
                legal_basis=BASIS,
                members=[u for r, u in agency.cleared.items() if r not in OUTSIDE],
            )
        return UUID(str(found.pk))


def _companions(model: type[ProtectedRecord], actor: Actor, way: Hide) -> int:
    """Write hidden copies of the first rows of a kind, and a hidden successor of each where the kind has such.

    Each is out of reach for one reason only, so that a wall without that one part lets it through.
    """
    visible = model.objects.seen_by(actor, states=State).exclude(created_by=actor.user_id)
    rows = list(visible.order_by("state", "created_at", "pk")[:_EACH])
    held = visible.filter(state=State.QUARANTINED).order_by("created_at", "pk").first()
    if held is not None and way(held.label) != held.label:
        _try(model, actor, {**_copied(held), "label": way(held.label)})
    done = 0
    for row in rows:
        done += any(_try(model, actor, values) for values in _variants(model, actor, row, way))
        if any(f.name == "supersedes" for f in model._meta.fields):
            _try(model, actor, {**_copied(row), "supersedes_id": row.pk, "label": way(_open(row))})
    return done


def _open(row: Any) -> Label:
    label: Label = row.label
    return replace(label, state=State.NORMAL)


def _copied(row: Any) -> dict[str, Any]:
    """Return the columns of a row for another one; its words say that they are hidden ones."""
    values: dict[str, Any] = {}
    for field in row._meta.fields:
        if field.name in _LABEL | _OWN or isinstance(field, models.GeneratedField):
            continue
        value = getattr(row, field.attname)
        values[field.attname] = _marked(field, value)
    return values


def _marked(field: Any, value: Any) -> Any:
    if isinstance(field, models.BinaryField):
        return uuid4().bytes
    if isinstance(field, ArrayField) or field.is_relation or not isinstance(value, str) or not value:
        return value
    is_text = isinstance(field, models.TextField) or (field.max_length or 0) > _LONGEST_CODE
    if not is_text or field.name in ("url", "media_type", "sha256"):
        return value
    return f"{value} {HIDDEN_WORD}"[-(field.max_length or 10_000) :]


def _variants(model: type[ProtectedRecord], actor: Actor, row: Any, way: Hide) -> Iterator[dict[str, Any]]:
    """Yield copies until one fits: as it is, with another number, on another object of which there may be one."""
    base = {**_copied(row), "label": way(_open(row))}
    if "supersedes_id" in base:
        yield {**base, "supersedes_id": None}
    yield base
    if "number" in base:
        for number in range(200, 260):
            yield {**base, "number": number}
    for field in model._meta.fields:
        if field.is_relation and field.name not in _LABEL | _OWN | {"purpose", "supersedes"}:
            for key in _others(field.related_model, actor):
                yield {**base, field.attname: key}


def _others(model: Any, actor: Actor) -> list[UUID]:
    if model is User:
        return list(User.objects.order_by("username").values_list("pk", flat=True))
    if not issubclass(model, ProtectedRecord):
        return []
    rows = model.objects.seen_by(actor, states=State).order_by("state", "created_at", "pk")
    return list(rows.values_list("pk", flat=True)[:_MOST_OTHERS])


def _try(model: type[ProtectedRecord], actor: Actor, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            model.objects.record(actor=actor, **values)
    except IntegrityError:
        return False
    return True


def _strangers(actor: Actor, way: Hide) -> None:
    """Write hidden entities that bear the names of visible ones, and tie them to these."""
    for kind in ("person", "vehicle"):
        known = Entity.objects.seen_by(actor).filter(kind=kind).order_by("created_at").first()
        said = Statement.objects.seen_by(actor).filter(entity=known).order_by("created_at").first()
        stranger = Entity.objects.record(actor=actor, kind=kind)
        label = way(said.label)
        Statement.objects.record(
            actor=actor, **{**_copied(said), "entity_id": stranger.pk, "value": said.value, "label": label}
        )
        link = Link.objects.seen_by(actor).filter(source=known).order_by("created_at").first()
        if link is not None:
            values = {**_copied(link), "supersedes_id": None, "label": label}
            last = Entity.objects.seen_by(actor).filter(kind="vehicle").order_by("created_at").last()
            for target in (stranger, last):
                Link.objects.record(actor=actor, **{**values, "target_id": target.pk})


def _through_verbs(agency: Agency, matter: UUID) -> None:
    """Walk the whole process once more inside the hidden matter, and raise a confidential alarm at the desk."""
    shadow = within(agency, matter)
    carry_on(shadow, gather(shadow, _SHADOWS), _SHADOWS)
    import_in_secret(actor_for(agency.cleared[Role.INTELLIGENCE_OFFICER], purpose=matter))
    with agency.acting(Role.REPORTING_OFFICER, cleared=True) as actor:
        mention = NewMention("person", "Dovan Orleckaa", "WIT")
        item = NewItem(f"Dovan Orleckaa hides {HIDDEN_WORD} in the yard.", "fact", [mention])
        report = collection.submit_report(
            actor=actor,
            new=NewReport(
                items=[item],
                urgency="high",
                provenance="seen",
                title=f"The yard {HIDDEN_WORD}",
                place="Kiln Row 4",
                longitude=-2.5,
                latitude=51.4,
            ),
            legal_basis=BASIS,
            label=actor.label(level=Level.CONFIDENTIAL),
        )
        collection.attach_file(actor=actor, report=report, stream=io.BytesIO(b"Plan\n"), name="plan.txt")
    with agency.acting(Role.HEAD_OF_INTELLIGENCE, cleared=True) as actor:
        evaluation.raise_alerts(actor=actor)
        evaluation.escalate_overdue(actor=actor, now=timezone.now())


def within(agency: Agency, matter: UUID) -> Agency:
    """Return the agency as its cleared accounts are at work inside a matter."""
    with agency.acting(KEEPER, cleared=True) as actor:
        desk = Matter.objects.seen_by(actor).get(pk=matter)
    return replace(agency, plain=agency.cleared, desk=desk)
