"""How the rows of this room are kept and leave; an entity goes with the last statement about it."""

from datetime import date

from django.conf import settings

from openilp import reference
from openilp.collation.models import (
    Entity,
    IdentityJudgement,
    Involvement,
    Link,
    Marking,
    SavedSearch,
    Settlement,
    Statement,
)
from openilp.safeguards.actor import Actor
from openilp.safeguards.retention import clocks
from openilp.safeguards.retention.handling import DEFAULT_RULE, Handling, register


def register_all() -> None:
    """Register clocks: one a statement, one a link, one a place of a person in a matter."""
    for model in (Statement, Link, Marking, IdentityJudgement, SavedSearch):
        register(Handling(model, rule=DEFAULT_RULE))
    register(Handling(Involvement, rule=rule_of_category))
    register(Handling(Settlement, when_gone={"statement": {"reason": "erased"}}))


def rule_of_category(row: Involvement) -> str:
    """Return the retention rule that the national profile sets for the category of an involvement."""
    profile = reference.national_profile(settings.OPENILP_PROFILE)
    return str(profile.category(row.category).retention_rule)


def born_on(value: str) -> date | None:
    """Return the day that a statement of a birth date says; None where it says a year only, or no date."""
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


def heed_birth(entity: Entity, value: str, *, actor: Actor) -> None:
    """Shorten every clock of a person whose stated birth date makes a child."""
    if day := born_on(value):
        _shorten(entity, day, actor)


def heed_child(entity: Entity, *, actor: Actor) -> None:
    """Shorten every clock of a person who is marked as a child."""
    _shorten(entity, None, actor)


def _shorten(entity: Entity, day: date | None, actor: Actor) -> None:
    """Shorten what points at a person; a place in a matter has the period of its own category."""
    for row in Involvement.objects.seen_by(actor).filter(person=entity):
        clocks.shorten_for_child("involvement", row.pk, born_on=day, adult_rule=rule_of_category(row))
    clocks.shorten_for_child("entity", entity.pk, born_on=day, adult_rule=DEFAULT_RULE)


def heed_age(row: Involvement | Statement, entity: Entity, *, actor: Actor) -> None:
    """Shorten the clock of a row that is recorded later on a person who is known as a child.

    A stated birth date says so, or a marking where no day of birth is known.
    """
    said = Statement.objects.seen_by(actor).filter(entity=entity, property="birth_date", kind="fact")
    days = [day for value in said.values_list("value", flat=True) if (day := born_on(value))]
    marked = Marking.objects.seen_by(actor).filter(entity=entity, marking="child")
    if days or marked.exists():
        rule = rule_of_category(row) if isinstance(row, Involvement) else DEFAULT_RULE
        kind = str(row._meta.model_name)
        clocks.shorten_for_child(kind, row.pk, born_on=max(days, default=None), adult_rule=rule)
