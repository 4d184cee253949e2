"""The pages of the desk: each renders for its people and refuses others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openilp.corridor import selectors
from openilp.corridor.models import Source
from openilp.safeguards.roles import CONTENT, CORRIDOR, Role
from tests.corridor.scenes import NAME, as_, draft, meet, passed, register
from tests.factories import LEGAL_BASIS, World

pytestmark = pytest.mark.django_db(databases=["default", "corridor"])


def browser(world: World, role: Role) -> Client:
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.mark.parametrize("role", sorted(CORRIDOR))
def test_the_desk_shows_code_names_and_no_identity(world: World, role: Role) -> None:
    """Home, file, forms and drafts of a source, for handler and controller."""
    source = register(world)
    meet(world, source)
    made = draft(world, source)
    client = browser(world, role)
    verbs = ("contact", "report", "unlock") if role is Role.SOURCE_HANDLER else ("risk", "task", "hand-over")
    paths = [
        "/",
        "/corridor/",
        f"/corridor/sources/{source.ref}",
        f"/corridor/drafts/{made.ref}",
        "/corridor/unlocks",
    ]
    for path in [*paths, *(f"/corridor/sources/{source.ref}/{verb}" for verb in verbs)]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert NAME not in answer.content.decode(), path
    assert "Heron" in client.get("/corridor/").content.decode()


@pytest.mark.parametrize("role", sorted(CONTENT | {Role.ADMINISTRATOR, Role.OVERSIGHT}))
def test_the_desk_is_shut_to_everybody_else(world: World, role: Role) -> None:
    """Not even a list without rows."""
    source = register(world)
    client = browser(world, role)

    assert client.get("/corridor/").status_code == 403
    assert client.get(f"/corridor/sources/{source.ref}").status_code == 403


def test_the_process_is_shut_to_the_desk(world: World) -> None:
    """Analysis, search and reports are no page of a handler."""
    client = browser(world, Role.SOURCE_HANDLER)

    for path in ("/analysis/", "/collection/", "/search?q=lorry", "/corridor/hatch"):
        assert client.get(path).status_code == 403, path


def test_a_source_is_registered_and_its_report_taken_in(world: World) -> None:
    """From the form of the handler to a report of the intelligence officer."""
    handler, controller = browser(world, Role.SOURCE_HANDLER), browser(world, Role.SOURCE_CONTROLLER)
    given = {
        "full_name": NAME,
        "code_name": "Heron",
        "access": "In the store",
        "standing": "reliable",
        "controller": world.user(Role.SOURCE_CONTROLLER).pk,
        "review_on": timezone.localdate() + timedelta(days=30),
    }
    refused = handler.post("/corridor/sources/new", {**given, "code_name": "Zemtarosk"})
    assert refused.status_code == 422
    made = handler.post("/corridor/sources/new", given)
    assert made.status_code == 302, made.content.decode()[:2000]
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        ref = Source.objects.seen_by(actor).get().ref
    drafted = handler.post(
        f"/corridor/sources/{ref}/report",
        {
            "title": "At night",
            "items": "A lorry comes.\n\nTwo men unload.",
            "urgency": "medium",
            "language": "en",
        },
    )
    assert drafted.status_code == 302
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor:
        (waiting,) = selectors.to_judge(actor=actor)
    assert controller.post(f"/corridor/drafts/{waiting.row.ref}", {"is_passed": "yes"}).status_code == 302
    officer = browser(world, Role.INTELLIGENCE_OFFICER)
    path = f"/corridor/hatch/{waiting.held['pseudonym']}"
    assert officer.get("/corridor/hatch").status_code == 200
    assert officer.get(path).status_code == 200
    taken = officer.post(path, {"legal_basis": LEGAL_BASIS})

    assert taken.status_code == 302
    assert "Two men unload." in officer.get(taken["Location"]).content.decode()


def test_a_question_is_put_into_the_hatch(world: World) -> None:
    """An empty one is refused, a good one is shown to its author and to the controller."""
    pseudonym = passed(world, register(world))
    analyst = browser(world, Role.OPERATIONAL_ANALYST)

    assert analyst.post("/corridor/hatch", {"kind": "question", "text": ""}).status_code == 422
    asked = {"kind": "question", "text": "Which gate?", "pseudonym": pseudonym}
    assert analyst.post("/corridor/hatch", asked).status_code == 302
    assert "Which gate?" in browser(world, Role.SOURCE_CONTROLLER).get("/corridor/").content.decode()


def test_hidden_and_absent_sources_read_the_same(world: World) -> None:
    """Another handler's reference and one that never was."""
    from tests.corridor.scenes import another

    source = register(world)
    client = Client()
    client.force_login(another(world, Role.SOURCE_HANDLER, "other.handler"))
    hidden = client.get(f"/corridor/sources/{source.ref}")
    absent = client.get("/corridor/sources/SO-2222-2222")

    assert hidden.status_code == absent.status_code == 404
