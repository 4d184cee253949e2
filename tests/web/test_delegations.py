"""Standing in for somebody on the pages and over HTTP."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from openilp.safeguards import people
from openilp.safeguards.acting import acting
from openilp.safeguards.models import Delegation, User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.factories import World

HEAD, ANALYST = Role.HEAD_OF_INTELLIGENCE, Role.OPERATIONAL_ANALYST


def visiting(world: World, role: Role) -> Client:
    """Return a browser with the account of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def given(world: World) -> Delegation:
    """Let the analyst stand in for the head over the pages."""
    answer = visiting(world, HEAD).post(
        "/settings/delegations",
        {
            "to": world.user(ANALYST).username,
            "roles": [HEAD.value],
            "matters": [world.operation.ref],
            "until": (timezone.localdate() + timedelta(days=3)).isoformat(),
            "reason": "leave until Monday",
        },
    )
    assert answer.status_code == 302, answer.content
    return Delegation.objects.get()


def test_a_colleague_acts_in_the_place_of_another_until_it_ends(world: World) -> None:
    """Given on a page, taken on a page; when it ends, the next request is the account's own again [LEG-01]."""
    row = given(world)
    analyst = visiting(world, ANALYST)

    assert b"leave until Monday" in analyst.get("/settings/delegations").content
    assert analyst.get("/matters").status_code == 403
    assert analyst.post(f"/settings/delegations/{row.pk}/act").status_code == 302
    assert analyst.get("/matters").status_code == 200
    assert b"Crime intelligence desk" not in analyst.get("/settings/delegations").content
    Delegation.objects.update(until=timezone.now())
    assert analyst.get("/matters").status_code == 403
    assert b"Crime intelligence desk" in analyst.get("/settings/delegations").content


def test_acting_for_oneself_again_is_one_press(world: World) -> None:
    """And whoever gave it ends it for good."""
    row = given(world)
    analyst = visiting(world, ANALYST)
    analyst.post(f"/settings/delegations/{row.pk}/act")
    analyst.post("/settings/delegations/end-mine")
    assert analyst.get("/matters").status_code == 403
    assert visiting(world, HEAD).post(f"/settings/delegations/{row.pk}/end").status_code == 302
    assert analyst.post(f"/settings/delegations/{row.pk}/act").status_code == 404


def test_nobody_takes_a_place_that_was_given_to_another(world: World) -> None:
    """Neither its giver nor a third account; both are told nothing."""
    row = given(world)

    assert visiting(world, Role.PLAN_OWNER).post(f"/settings/delegations/{row.pk}/act").status_code == 404
    assert visiting(world, Role.PLAN_OWNER).post(f"/settings/delegations/{row.pk}/end").status_code == 404
    assert visiting(world, HEAD).post(f"/settings/delegations/{row.pk}/act").status_code == 404


def test_a_form_that_asks_too_much_says_where(world: World) -> None:
    """The page stays, with the error at its field."""
    answer = visiting(world, HEAD).post(
        "/settings/delegations",
        {
            "to": world.user(ANALYST).username,
            "roles": [HEAD.value],
            "matters": [world.operation.ref],
            "until": (timezone.localdate() + timedelta(days=90)).isoformat(),
            "reason": "leave until Monday",
        },
    )

    assert answer.status_code == 422
    assert b"30 days" in answer.content
    assert not Delegation.objects.exists()


def test_programs_stand_in_by_a_header(world: World) -> None:
    """The token's own matter counts, cut down to what was delegated; a header that leads nowhere is refused."""
    row = given(world)
    user: User = world.user(ANALYST)
    with acting(actor_for(user, purpose=world.operation.pk), "test") as block:
        token = people.issue_token(actor=block.actor, name="test", days=1)
    client = Client(headers={"Authorization": f"Bearer {token}"})

    assert client.get("/api/v1/delegations").json()[0]["id"] == str(row.pk)
    assert client.get("/api/v1/delegations", headers={"OpenILP-Delegation": str(row.pk)}).status_code == 200
    assert client.get("/api/v1/delegations", headers={"OpenILP-Delegation": "none"}).status_code == 403
    ended = client.post(f"/api/v1/delegations/{row.pk}/end")
    assert (ended.status_code, ended.json()["is_running"]) == (200, False)
    gone = client.get("/api/v1/delegations", headers={"OpenILP-Delegation": str(row.pk)})
    assert gone.status_code == 403
    answer = client.post(
        "/api/v1/delegations",
        {
            "to": world.user(HEAD).username,
            "roles": [ANALYST.value],
            "matters": [world.operation.ref],
            "until": (timezone.now() + timedelta(days=1)).isoformat(),
            "reason": "leave until Monday",
        },
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["delegate"]) == (201, world.user(HEAD).username)
