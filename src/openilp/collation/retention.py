"""How the rows of this room are kept and leave; an entity goes with the last statement about it."""

from django.conf import settings

from openilp import reference
from openilp.collation.models import (
    IdentityJudgement,
    Involvement,
    Link,
    Marking,
    SavedSearch,
    Settlement,
    Statement,
)
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
