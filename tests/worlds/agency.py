"""The agency of a world: units, two accounts a role – one cleared for everything, one not – and matters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from openilp.safeguards.acting import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Delegation, Membership, Unit, User
from openilp.safeguards.people import actor_for, make_account, open_matter
from openilp.safeguards.roles import Role

PASSWORD = "long enough for tests 1"
BASIS = "POL-12"
#: Who sits elsewhere than in the region's headquarters.
_UNITS = {
    Role.REPORTING_OFFICER: "R1D1",
    Role.DATA_PROTECTION_OFFICER: "HQ",
    Role.OVERSIGHT: "HQ",
    Role.SUPERVISORY_AUTHORITY: "HQ",
    Role.ADMINISTRATOR: "HQ",
}
#: Who belongs to no operation.
OUTSIDE = {Role.ADMINISTRATOR, Role.OVERSIGHT, Role.SUPERVISORY_AUTHORITY}
#: How far an ordinary account may see, and how far a cleared one.
PLAIN, CLEARED = 2, 3


@dataclass
class Agency:
    """Units, accounts by role, and matters."""

    units: dict[str, Unit] = field(default_factory=dict)
    plain: dict[Role, User] = field(default_factory=dict)
    cleared: dict[Role, User] = field(default_factory=dict)
    desk: Any = None
    lantern: Any = None
    ember: Any = None

    @contextmanager
    def acting(self, role: Role, matter: Any = None, *, cleared: bool = False) -> Iterator[Actor]:
        """Open a block of the account of a role, for the desk or another matter."""
        user = (self.cleared if cleared else self.plain)[role]
        with acting(actor_for(user, purpose=(matter or self.desk).pk), "worlds") as block:
            block.declared = True
            yield block.actor


def _square(west: float, south: float, size: float) -> dict[str, Any]:
    east, north = west + size, south + size
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def _units() -> dict[str, Unit]:
    hq = Unit.objects.create(
        code="HQ", name="Headquarters", organisation_level="national", boundary=_square(-4.0, 50.0, 4.0)
    )
    made = {"HQ": hq}
    for number in (1, 2):
        west = -3.0 if number == 1 else -1.5
        region = Unit.objects.create(
            code=f"R{number}",
            name=f"Region {number}",
            organisation_level="regional",
            parent=hq,
            boundary=_square(west, 51.0, 1.0),
        )
        district = Unit.objects.create(
            code=f"R{number}D1",
            name=f"District {number}",
            organisation_level="local",
            parent=region,
            boundary=_square(west, 51.0, 0.9),
        )
        made |= {region.code: region, district.code: district}
    return made


def _account(role: Role, unit: Unit, *, cleared: bool) -> User:
    name = f"{role.value}.cleared" if cleared else role.value
    return make_account(
        username=name,
        full_name=name.replace("_", " ").replace(".", " ").title(),
        unit=unit,
        roles=[role],
        clearance=CLEARED if cleared else PLAIN,
        password=PASSWORD,
        must_change_password=False,
    )


def found() -> Agency:
    """Write the agency: everybody at the desk, most on Operation Lantern, the heads on Operation Ember."""
    made = Agency(units=_units())
    for role in Role:
        unit = made.units[_UNITS.get(role, "R1")]
        made.plain[role] = _account(role, unit, cleared=False)
        made.cleared[role] = _account(role, unit, cleared=True)
    with acting(actor_for(made.plain[Role.HEAD_OF_INTELLIGENCE], reason="administration"), "worlds") as block:
        everybody = [*made.plain.values(), *made.cleared.values()]
        made.desk = open_matter(
            actor=block.actor,
            title="Crime intelligence desk",
            kind="standing_task",
            purpose_code="detect",
            legal_basis=BASIS,
            is_agency_wide=True,
            members=everybody,
        )
        made.lantern = open_matter(
            actor=block.actor,
            title="Operation Lantern",
            kind="operation",
            purpose_code="detect",
            legal_basis=BASIS,
            members=[u for u in everybody if not set(u.roles) & OUTSIDE],
        )
        made.ember = open_matter(
            actor=block.actor,
            title="Operation Ember",
            kind="operation",
            purpose_code="detect",
            legal_basis=BASIS,
            members=[made.cleared[Role.HEAD_OF_INTELLIGENCE]],
        )
    Delegation.objects.create(
        grantor=made.plain[Role.HEAD_OF_INTELLIGENCE],
        delegate=made.plain[Role.OPERATIONAL_ANALYST],
        roles=[Role.HEAD_OF_INTELLIGENCE.value],
        matters=[made.desk.pk],
        reason="leave until Monday",
        until=timezone.now() + timedelta(days=20),
    )
    assert Membership.objects.filter(matter=made.desk).count() >= len(everybody)
    return made
