"""The national profile's review period of a category holds for each involvement."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from openilp import reference
from openilp.collation import services
from openilp.collation.models import Involvement
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.safeguards.roles import Role
from tests.factories import LEGAL_BASIS, World


def test_a_victim_is_looked_at_again_when_the_profile_says(world: World, act: Callable[..., Any]) -> None:
    """A shorter period than the general one applies by itself [LEG-04]."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        services.record_entity(
            actor=actor,
            kind="person",
            statements=[NewStatement("name", "Tavel Orsk", "fact")],
            involvement=NewInvolvement(category="VIC"),
            legal_basis=LEGAL_BASIS,
        )
        (made,) = Involvement.objects.seen_by(actor)

    days = reference.national_profile("altania").category("VIC").review_days
    assert made.review_on == timezone.localdate() + timedelta(days=days)
    assert days < 1095
