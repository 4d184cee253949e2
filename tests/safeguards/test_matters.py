"""Matters: lawful by the reference lists, for people who are here, and known to those who may know of them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.safeguards import people
from openilp.safeguards.errors import MissingLawfulness
from openilp.safeguards.models import Matter, Membership, User
from openilp.safeguards.people.matters import ClosedAccount
from openilp.safeguards.roles import Role
from tests.factories import LEGAL_BASIS, PASSWORD, World

Act = Callable[..., Any]
BASES = reference.national_profile("altania")


def open_matter(actor: Any, **more: Any) -> Matter:
    """Open a lawful matter."""
    values: dict[str, Any] = {"title": "x", "kind": "operation", "purpose_code": "detect"}
    return people.open_matter(actor=actor, **values | {"legal_basis": LEGAL_BASIS} | more)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("purpose_code", {"purpose_code": "task"}),
        ("purpose_code", {"purpose_code": "operation"}),
        ("purpose_code", {"purpose_code": "Detect"}),
        ("purpose_code", {"purpose_code": "prosecute"}),
        ("kind", {"kind": "nothing"}),
        ("legal_basis", {"legal_basis": "NONE"}),
    ],
)
def test_a_matter_has_a_purpose_of_the_list_that_its_legal_basis_covers(
    world: World, act: Act, field: str, values: dict[str, str]
) -> None:
    """Nothing is converted or guessed; the error names field and codes."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        with pytest.raises(MissingLawfulness) as refused:
            open_matter(actor, **values)
        assert refused.value.field == field
        assert not Matter.objects.seen_by(actor).filter(title="x").exists()


@given(
    st.sampled_from(reference.vocabulary("processing-purposes").codes),
    st.sampled_from(reference.vocabulary("legal-bases").codes),
)
def test_a_purpose_is_lawful_exactly_where_the_basis_covers_it(purpose: str, basis: str) -> None:
    """For every pair of the lists."""
    covers = purpose in reference.legal_basis(basis).purposes
    try:
        people.check_purpose("operation", purpose, basis)
    except MissingLawfulness:
        assert not covers
    else:
        assert covers


def test_nobody_who_has_left_is_named_for_anything(world: World, act: Act) -> None:
    """As member at the opening, or later; even where the account was read before it closed."""
    user = world.user(Role.PLAN_OWNER)
    held = User.objects.get(pk=user.pk)
    with act(world.user(Role.ADMINISTRATOR)) as actor:
        people.leave(actor=actor, user=user)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        with pytest.raises(ClosedAccount, match="closed") as refused:
            open_matter(actor, members=[held])
        assert refused.value.field == "members"
        with pytest.raises(ClosedAccount):
            people.admit(actor=actor, matter=world.operation, user=held)

    assert not Membership.objects.filter(user=user, until=None).exists()


def visitor(world: World) -> User:
    """Write an account of another agency."""
    return people.make_account(
        username="visitor",
        full_name="Vis Itor",
        unit=world.district,
        roles=[Role.LIAISON_OFFICER],
        clearance=2,
        password=PASSWORD,
        partner="NEIGHBOUR",
        must_change_password=False,
    )


def test_a_partner_knows_of_its_own_matters_only(world: World, act: Act) -> None:
    """Gate and database alike: an agency-wide title is for the agency."""
    guest = visitor(world)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.admit(actor=actor, matter=world.operation, user=guest)
    with act(guest, world.operation) as actor:
        assert [row.title for row in Matter.objects.seen_by(actor)] == [world.operation.title]
        assert [row.title for row in Matter.behind_keys.all()] == [world.operation.title]
    with act(world.user(Role.CHAIR)) as actor:
        assert world.desk.pk in {row.pk for row in Matter.objects.seen_by(actor)}
        by_the_gate_alone = Matter.objects.seen_by(people.actor_for(guest))
        assert world.desk.pk not in {row.pk for row in by_the_gate_alone}


def test_a_partner_knows_those_units_and_people_that_it_works_with(world: World, act: Act) -> None:
    """Not the organisation chart, not the staff list."""
    from openilp.safeguards.models import Unit

    far = Unit.objects.create(code="R2", name="Hill Region", organisation_level="regional")
    guest = visitor(world)
    with act(guest) as actor:
        assert {u.code for u in people.units_known_to(actor)} == {"R1D1", "R1", "HQ"}
        assert people.colleagues(actor=actor) == []
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        people.admit(actor=actor, matter=world.operation, user=guest)
        assert far in people.units_known_to(actor)
    with act(guest, world.operation) as actor:
        assert far not in people.units_known_to(actor)
        names = {user.username for user in people.colleagues(actor=actor)}
    assert names == {
        "visitor",
        "head_of_intelligence",
        "intelligence_officer",
        "operational_analyst",
        "plan_owner",
    }


def test_twin_worlds_of_a_partner_answer_the_same_bytes(world: World, client: Any) -> None:
    """With and without a further agency-wide matter and a further unit, every list of the frame reads the same."""
    from openilp.safeguards.models import Unit
    from tests.factories import make_matter

    client.force_login(visitor(world))
    Membership.objects.create(matter=world.operation, user=User.objects.get(username="visitor"))
    paths = [
        "/api/v1/matters",
        "/api/v1/units",
        "/api/v1/me",
        "/api/v1/notices",
        "/nav/counts",
        "/settings/",
        "/help",
    ]

    def answers() -> list[tuple[int, bytes]]:
        found = []
        for path in paths:
            answer = client.get(path)
            token = answer.context["csrf_token"] if answer.context else ""
            found.append((answer.status_code, answer.content.replace(str(token).encode() or b"-", b"")))
        return found

    without = answers()
    hidden = make_matter(world, "Second desk", [Role.CHAIR], is_agency_wide=True)
    Unit.objects.create(code="R9", name="Far Region", organisation_level="regional")

    assert answers() == without
    assert client.get(f"/api/v1/matters/{hidden.ref}").status_code == 404
    assert (
        client.get(f"/api/v1/matters/{hidden.ref}").content
        == client.get("/api/v1/matters/M-2222-2222").content
    )
    client.force_login(world.user(Role.CHAIR))
    assert b"Second desk" in client.get("/api/v1/matters").content
    assert b"Far Region" in client.get("/api/v1/units").content
