"""Factories that are valid by default: an agency with one account a role, and matters to act for.

`world` is the everyday fixture: `world.user(Role.X)`, `world.desk` (a standing task of everybody), `world.operation`
(a compartment that only some are members of).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openilp.safeguards.roles import Role

PASSWORD = "long enough for tests 1"
LEGAL_BASIS = "POL-12"


@dataclass
class World:
    """A small agency."""

    headquarters: Any
    region: Any
    district: Any
    users: dict[Role, Any] = field(default_factory=dict)
    desk: Any = None
    operation: Any = None

    def user(self, role: Role) -> Any:
        """Return the account that holds a role."""
        return self.users[role]


def lawful(**more: Any) -> dict[str, Any]:
    """Return legal basis and review date of a record."""
    return {"legal_basis": LEGAL_BASIS, "review_on": timezone.localdate() + timedelta(days=365), **more}


def make_world() -> World:
    """Write an agency: three units, one account a role, a standing task of all, an operation of some."""
    from openilp.safeguards.models import Membership, Unit
    from openilp.safeguards.people import make_account

    hq = Unit.objects.create(code="HQ", name="Headquarters", organisation_level="national")
    region = Unit.objects.create(code="R1", name="Harbour Region", organisation_level="regional", parent=hq)
    district = Unit.objects.create(
        code="R1D1", name="Ferry District", organisation_level="local", parent=region
    )
    world = World(hq, region, district)
    for role in Role:
        world.users[role] = make_account(
            username=role.value,
            full_name=role.value.replace("_", " ").title(),
            unit=district if role is Role.REPORTING_OFFICER else region,
            roles=[role],
            clearance=3 if role in (Role.HEAD_OF_INTELLIGENCE, Role.CHAIR) else 2,
            password=PASSWORD,
            must_change_password=False,
        )
    world.desk = make_matter(world, "Crime intelligence desk", list(Role), is_agency_wide=True)
    world.operation = make_matter(
        world,
        "Operation Lantern",
        [Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER, Role.OPERATIONAL_ANALYST, Role.PLAN_OWNER],
    )
    assert Membership.objects.count() > 0
    return world


def make_matter(world: World, title: str, roles: list[Role], *, is_agency_wide: bool = False) -> Any:
    """Write a matter with the accounts of some roles as members."""
    from openilp.safeguards.acting import acting
    from openilp.safeguards.models import Matter, Membership
    from openilp.safeguards.people import actor_for

    opener = world.user(Role.HEAD_OF_INTELLIGENCE)
    with acting(actor_for(opener, reason="administration"), "factory") as block:
        matter = Matter.objects.record(
            actor=block.actor,
            title=title,
            kind="standing_task" if is_agency_wide else "operation",
            purpose_code="detect",
            legal_basis=LEGAL_BASIS,
            owner_unit_id=world.region.pk,
            is_agency_wide=is_agency_wide,
        )
    Membership.objects.bulk_create([Membership(matter=matter, user=world.user(role)) for role in roles])
    return matter


@pytest.fixture
def world(db: None) -> World:
    """An agency in the test's transaction."""
    return make_world()
