"""Pages of direction: each renders for its role, works as a form, and refuses others."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.safeguards.roles import CONTENT, Role
from tests.factories import World

SCRIPT = "<script>alert(1)</script>"


def browser(world: World, role: Role) -> Client:
    """Return a logged-in browser."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.fixture
def chair(world: World) -> Client:
    """A browser of the chair."""
    return browser(world, Role.CHAIR)


def in_days(days: int) -> str:
    """Return a date as a form sends it."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def priority_form(world: World, **more: Any) -> dict[str, Any]:
    """Return a filled form for a priority."""
    values = {
        "title": "Burglary in homes",
        "unit": world.headquarters.pk,
        "owner": world.user(Role.CHAIR).pk,
        "reason": "Most harm.",
        "goals": "",
        "source_document": "Assessment 2026",
        "starts_on": in_days(0),
        "ends_on": in_days(90),
        "hours_set": 100,
        "money_set": 0,
        "legal_basis": "POL-12",
        "level": 1,
    }
    return values | more


def question_form(**more: Any) -> dict[str, Any]:
    """Return a filled form for a requirement."""
    values = {
        "question": "Who buys the tools?",
        "why": "To choose a response.",
        "due_on": in_days(20),
        "urgency": "medium",
        "legal_basis": "POL-12",
        "level": 1,
    }
    return values | more


def go(client: Client, path: str, data: dict[str, Any]) -> str:
    """Send a form that must succeed; return where it leads."""
    answer = client.post(path, data)

    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer["Location"]


def test_a_priority_goes_all_the_way_through_the_pages(chair: Client, world: World) -> None:
    """Set, carry on, change and close a priority, each with its page."""
    page = go(chair, "/direction/priorities/new", priority_form(world))
    shown = chair.get(page).content.decode()
    assert "has not taken it up" in shown
    ref = page.rsplit("/", 1)[1]
    form = chair.get(f"/direction/priorities/new?from={ref}&unit=R1")
    assert "Carry on" in form.content.decode()
    lower = go(
        chair,
        f"/direction/priorities/new?from={ref}&unit=R1",
        priority_form(world, unit=world.region.pk),
    )
    assert "Burglary in homes" in chair.get(lower).content.decode()
    home = chair.get("/direction/").content.decode()
    assert "no local counterpart" in home
    newer = go(
        chair,
        f"{page}/new-version",
        {
            "title": "Burglary",
            "reason": "Wider.",
            "owner": world.user(Role.CHAIR).pk,
            "ends_on": in_days(90),
            "position": 1,
            "hours_set": 50,
            "money_set": 0,
        },
    )
    go(chair, f"{newer}/close", {"reason": "Reached."})

    assert "Reached." in chair.get(newer).content.decode()
    for path in ("/direction/strategy", "/direction/priorities/?state=all", page):
        assert chair.get(path).status_code == 200, path


def test_a_question_goes_all_the_way_through_the_pages(chair: Client, world: World) -> None:
    """Ask, plan, return and close, each with its page."""
    page = go(chair, "/direction/requirements/new", question_form())
    assert "Nobody collects for it yet" in chair.get(page).content.decode()
    assert chair.get(f"{page}/plan").status_code == 200
    officer = world.user(Role.REPORTING_OFFICER)
    line = {
        "what": "Ask the traders",
        "method": "community",
        "collector": officer.pk,
        "legal_basis": "POL-12",
        "due_on": in_days(5),
        "hours": 3,
    }
    lines = {f"lines-0-{name}": value for name, value in line.items()}
    counts = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0}
    go(chair, f"{page}/plan", {"title": "", **lines, **counts})
    street = browser(world, Role.REPORTING_OFFICER)
    assert "Ask the traders" in street.get("/direction/").content.decode()
    shown = street.get(page).content.decode()
    address = shown.split('action="/direction/lines/')[1].split('"')[0]
    go(street, f"/direction/lines/{address}", {})
    assert "All lines are returned" in chair.get(page).content.decode()
    go(chair, f"{page}/close", {"is_answered": "yes", "note": "Two shops."})

    assert "Two shops." in chair.get(page).content.decode()
    assert page.rsplit("/", 1)[1] in chair.get("/direction/requirements/?state=closed").content.decode()


def test_a_refused_form_keeps_what_was_typed(chair: Client, world: World) -> None:
    """Nothing is lost: 422, the error at its field, the text still there."""
    answer = chair.post(
        "/direction/requirements/new", question_form(due_on=in_days(-3), why="Typed with care.")
    )

    assert answer.status_code == 422
    assert "Typed with care." in answer.content.decode()
    assert "has passed" in answer.content.decode()


def test_a_second_tab_gets_a_conflict_and_keeps_its_text(chair: Client) -> None:
    """Two editors at once: the later one learns of the first and loses nothing."""
    page = go(chair, "/direction/requirements/new", question_form())
    go(chair, f"{page}/close", {"is_answered": "yes", "note": "First tab."})
    late = chair.post(f"{page}/close", {"is_answered": "no", "note": "Second tab."})

    assert late.status_code == 409
    assert "is closed" in late.content.decode()


def test_script_in_a_text_field_is_shown_as_text(chair: Client, world: World) -> None:
    """What people write is never markup."""
    page = go(
        chair,
        "/direction/priorities/new",
        priority_form(world, title=SCRIPT, reason=SCRIPT, goals=SCRIPT, source_document=SCRIPT),
    )
    question = go(chair, "/direction/requirements/new", question_form(question=SCRIPT, why=SCRIPT))
    for path in (page, question, "/direction/", "/direction/strategy", "/direction/requirements/"):
        shown = chair.get(path).content.decode()

        assert SCRIPT not in shown, path
        assert "&lt;script&gt;alert(1)" in shown, path


@pytest.mark.parametrize(
    "path", ["/direction/priorities/new", "/direction/requirements/new"], ids=["priority", "question"]
)
def test_the_forms_are_shut_to_reporting_officers(world: World, path: str) -> None:
    """Who gives no direction gets no form."""
    assert browser(world, Role.REPORTING_OFFICER).get(path).status_code == 403


def test_the_home_opens_for_every_role_with_content_and_no_other(world: World) -> None:
    """The room is open to all who work with content."""
    for role in Role:
        wanted = 200 if role in CONTENT else 403

        assert browser(world, role).get("/direction/").status_code == wanted, role


def test_a_filter_lies_in_the_address(chair: Client, world: World) -> None:
    """Lists say in their address what they show."""
    page = go(chair, "/direction/requirements/new", question_form(urgency="high"))
    ref = page.rsplit("/", 1)[1]

    assert ref in chair.get("/direction/requirements/?urgency=high&state=unplanned").content.decode()
    assert ref not in chair.get("/direction/requirements/?urgency=low").content.decode()
    assert ref not in chair.get("/direction/requirements/?state=overdue").content.decode()


def test_the_form_takes_the_strands_and_the_strategy_prints_them(world: World, chair: Client) -> None:
    """[DIR-02] Priority and control strategy show the three strands; one that says nothing stands as open."""
    form = priority_form(world, intelligence="Who sells the goods.", prevention=f"Locks {SCRIPT}")
    made = chair.post("/direction/priorities/new", form)
    shown = [chair.get(address).content.decode() for address in (made["Location"], "/direction/strategy")]

    for page in shown:
        assert "Who sells the goods." in page
        assert "open: what is done against those who do it?" in page
        assert "open: what keeps it from happening?" not in page
        assert SCRIPT not in page
