"""Verbs of the quarantine desk: what was imported without a category gets one, then it may be used."""

from django.db.models import Exists, OuterRef, Q

from openilp import reference
from openilp.collation import rules, selectors
from openilp.collation.models import Entity, Link, Statement
from openilp.collation.rules import NewInvolvement
from openilp.collation.selectors.tray import QUARANTINED
from openilp.collation.services.people import record_involvement
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import State
from openilp.safeguards.retention import clocks
from openilp.safeguards.roles import Role

#: Who works at the quarantine desk.
DESK = frozenset({Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER})


@action("collation.categorise_entity", roles=DESK)
def categorise_entity(*, actor: Actor, entity: Entity, involvement: NewInvolvement | None = None) -> Entity:
    """Take an entity out of quarantine: a person with a category in a matter, anything else as it is.

    Links follow as soon as both their ends are out.

    Raises:
        CategoryMissing, PredicateMissing: If a person's category or the facts behind it are missing.
    """
    is_person = reference.entity_type(entity.kind).is_person
    if is_person:
        rules.check_involvement(involvement)
    held = selectors.quarantined_statements(entity, actor=actor)
    rows = list(held.order_by("created_at", "pk"))
    first = rows[0] if rows else None
    if rows:
        held.amend(expect=len(rows), state=State.NORMAL)
        clocks.release(Statement, rows)
    if is_person and involvement is not None and first is not None:
        basis = {"legal_basis": first.legal_basis, "review_on": first.review_on}
        record_involvement(actor, entity, involvement, None, basis)
    _release_links(actor, entity)
    return entity


def _release_links(actor: Actor, entity: Entity) -> None:
    """Release the quarantined links of an entity whose other end is out of quarantine."""
    out = Statement.objects.seen_by(actor)
    waiting = Link.objects.seen_by(actor, states=QUARANTINED).filter(Q(source=entity) | Q(target=entity))
    ready = waiting.filter(
        Exists(out.filter(entity=OuterRef("source_id"))), Exists(out.filter(entity=OuterRef("target_id")))
    )
    rows = list(ready)
    if rows:
        held = Link.objects.seen_by(actor, states=QUARANTINED).filter(pk__in=[row.pk for row in rows])
        held.amend(expect=len(rows), state=State.NORMAL)
        clocks.release(Link, rows)
