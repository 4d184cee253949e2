"""Inbox, reader and second looks as pages and over HTTP: what is shown, what is refused, what a keyboard needs."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from openilp.collection.rules import NewItem
from openilp.evaluation import selectors, services
from openilp.evaluation.models import Assignment, Evaluation
from openilp.safeguards.roles import Role
from tests.evaluation.making import GRADE, Act, confidential, hand_in, item_of, reported
from tests.factories import World

HEAD, OFFICER, REPORTER = Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER, Role.REPORTING_OFFICER
API = "/api/v1/evaluation"
BODY = {
    "scheme": "europol-4x4",
    "scheme_version": "1",
    "source": "B",
    "information": "2",
    "handling": "H1",
}


def browser(world: World, role: Role) -> Client:
    """Return a browser of an account, acting for the desk."""
    client = Client()
    client.force_login(world.user(role))
    return client


def text(answer: Any) -> str:
    """Return an answer as text."""
    return str(answer.content.decode())


@pytest.mark.parametrize("path", ["/evaluation/", "/evaluation/second-looks"])
def test_empty_pages_say_what_to_do_next(world: World, path: str) -> None:
    """Nothing to do is said in words."""
    answer = browser(world, OFFICER).get(path)

    assert answer.status_code == 200
    assert 'class="state"' in text(answer)


def test_the_inbox_shows_alert_rows_and_strip(world: World, act: Act) -> None:
    """The urgent report stands above, the first report is open beside the list. [EVA-09]"""
    urgent, calm = reported(world, act, urgency="high", title="Garage"), reported(world, act, title="Gate")
    page = text(browser(world, OFFICER).get("/evaluation/"))

    assert page.index(urgent.ref) < page.index(calm.ref)
    assert 'role="alert"' in page
    assert "data-countdown" in page
    assert page.count("data-group=") == 3


def test_no_grade_is_preset_anywhere(world: World, act: Act) -> None:
    """A fresh strip has no checked radio, for a first grade and for a second. [EVA-01]"""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        services.evaluate_item(actor=actor, item=item_of(report, actor), grade=GRADE)
    client = browser(world, OFFICER)
    for path in (
        "/evaluation/",
        f"/evaluation/reports/{report.ref}",
        f"/evaluation/reports/{report.ref}?item=1",
    ):
        page = text(client.get(path))

        assert 'type="radio"' in page
        assert not re.search(r'type="radio"[^>]*checked', page)


def test_any_scheme_can_be_chosen_and_the_profile_decides_the_first(world: World, act: Act) -> None:
    """The strip offers the codes of one scheme at a time. [EVA-02]"""
    report = reported(world, act)
    client = browser(world, OFFICER)

    def offered(query: str) -> list[str]:
        page = text(client.get(f"/evaluation/reports/{report.ref}{query}"))
        return re.findall(r'name="source" value="(\w+)"', page)

    assert offered("") == ["A", "B", "C", "X"]
    assert offered("?scheme=uk-3x5x2") == ["1", "2", "3"]
    assert offered("?scheme=admiralty-6x6") == ["A", "B", "C", "D", "E", "F"]


def test_a_grade_from_the_inbox_goes_on_to_the_next_item_and_report(world: World, act: Act) -> None:
    """Save and next keeps the filters in the address."""
    first, second = reported(world, act), reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        items = [item_of(first, actor, number) for number in (1, 2)]
    client = browser(world, OFFICER)
    back = "/evaluation/?urgency=low"
    onward = [
        client.post(f"/evaluation/items/{item.ref}/grade", {**BODY, "back": back})["Location"]
        for item in items
    ]

    assert onward == [
        f"/evaluation/?urgency=low&current={first.ref}",
        f"/evaluation/?urgency=low&current={second.ref}",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": ""}, "Choose a grade for the source."),
        ({"source": "Z"}, "use one of A, B, C, X"),
        ({"scheme": "7x7"}, "Grading scheme"),
        ({"handling": "H3"}, "needs a reason"),
    ],
)
def test_a_faulty_grade_comes_back_with_field_and_remedy(
    world: World, act: Act, change: dict[str, str], said: str
) -> None:
    """The strip returns with what was chosen and what is wrong; nothing is written."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
    answer = browser(world, OFFICER).post(f"/evaluation/items/{item.ref}/grade", {**BODY, **change})

    assert answer.status_code == 422
    assert said in text(answer).replace("&#x27;", "'")
    with act(world.user(OFFICER), world.desk) as actor:
        assert not Evaluation.objects.seen_by(actor).exists()


def test_a_stale_grade_is_a_conflict(world: World, act: Act) -> None:
    """Two evaluators at once: the second is told, and nothing is lost."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
    client = browser(world, HEAD)
    assert client.post(f"/evaluation/items/{item.ref}/grade", BODY).status_code == 302
    assert client.post(f"/evaluation/items/{item.ref}/grade", BODY).status_code == 409


@pytest.mark.parametrize("verb", ["assign", "escalate", "duplicate"])
def test_verbs_on_several_reports_name_them_all(world: World, act: Act, verb: str) -> None:
    """Bulk verbs show what they are about to do, and come back with their errors."""
    refs = [reported(world, act).ref for _ in range(2)]
    client = browser(world, OFFICER)
    page = text(client.get(f"/evaluation/{verb}", {"report": refs}))

    assert all(ref in page for ref in refs)
    assert client.post(f"/evaluation/{verb}", {"report": refs}).status_code == 422
    assert client.get(f"/evaluation/{verb}").status_code == 302


def test_bulk_assignment_through_the_page(world: World, act: Act) -> None:
    """Two ticked reports get one evaluator."""
    reports = [reported(world, act) for _ in range(2)]
    head = world.user(HEAD)
    answer = browser(world, OFFICER).post(
        "/evaluation/assign", {"report": [row.ref for row in reports], "evaluator": str(head.pk)}
    )

    assert answer.status_code == 302
    with act(head, world.desk) as actor:
        assert set(selectors.assignments(reports, actor=actor).values()) == {head}


def test_the_reader_shows_original_kinds_grades_and_handling(world: World, act: Act) -> None:
    """Fact and claim are told apart; each item's code and restriction stand beside it. [EVA-07] [EVA-08]"""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        services.evaluate_item(
            actor=actor,
            item=item_of(report, actor),
            grade=replace(GRADE, handling="H3", handling_text="Only Ferry District"),
        )
    page = text(browser(world, REPORTER).get(f"/evaluation/reports/{report.ref}"))

    assert "Only Ferry District" in page
    assert page.count("Fact") >= 1
    assert "Third-party claim" in page
    assert '<mark class="v">white van</mark>' in page
    assert "data-group=" not in page


def test_script_in_every_text_stays_text(world: World, act: Act) -> None:
    """What a reporter or evaluator types is never run."""
    bad = "<script>alert(1)</script>"
    report = reported(world, act, title=bad, items=(NewItem(bad, "fact"),))
    client = browser(world, OFFICER)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
    client.post(f"/evaluation/items/{item.ref}/grade", {**BODY, "handling_text": bad, "reasons": bad})
    client.post(f"/evaluation/reports/{report.ref}/reply", {"kind": "used", "text": bad})
    client.post(f"/evaluation/reports/{report.ref}/dispute", {"is_false": "no", "reason": bad})
    for path in ("/evaluation/", f"/evaluation/reports/{report.ref}"):
        assert bad not in text(client.get(path))


def test_sanitising_goes_through_the_pages(world: World, act: Act) -> None:
    """Write a version, see what changed, have a second person approve it. [EVA-10]"""
    report = reported(world, act)
    client = browser(world, OFFICER)
    form = {"title": "Van", "text": "A van left the yard.", "removed": "who said it", "level": "0"}
    path = f"/evaluation/reports/{report.ref}/sanitise"
    assert client.post(path, form).status_code == 422
    there = client.post(path, {**form, "lowering_reason": "public street"})["Location"]
    assert "<del>" in text(client.get(there))
    assert client.post(there, {"is_approved": "yes"}).status_code == 409
    second = browser(world, HEAD)
    assert second.post(there, {"is_approved": "yes"}).status_code == 302
    assert "approved" in text(second.get(there))


@pytest.mark.parametrize(
    ("role", "status"), [(REPORTER, 403), (Role.CHAIR, 403), (Role.ADMINISTRATOR, 403), (OFFICER, 200)]
)
def test_second_looks_are_for_evaluators(world: World, role: Role, status: int) -> None:
    """A page that is not open to a duty says so."""
    assert browser(world, role).get("/evaluation/second-looks").status_code == status


def test_hidden_and_absent_reports_answer_alike(world: World, act: Act) -> None:
    """The page of a hidden report is byte for byte that of an absent one."""
    with act(world.user(HEAD), world.desk) as actor:
        secret = hand_in(actor, label=confidential(world))
    client = browser(world, OFFICER)
    for path in ("", "/preview", "/sanitise", "/reply", "/dispute"):
        hidden = client.get(f"/evaluation/reports/{secret.ref}{path}", headers={"HX-Request": "true"})
        absent = client.get(f"/evaluation/reports/R-0000-00{path}", headers={"HX-Request": "true"})

        assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
        assert hidden.status_code == 404


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    """Send a verb."""
    return client.post(API + path, body, content_type="application/json", headers=headers)


def test_every_verb_goes_over_http(world: World, act: Act) -> None:
    """One urgent report through every verb of the room."""
    report, copy = reported(world, act, urgency="high"), reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
    officer, head = browser(world, OFFICER), browser(world, HEAD)
    assert officer.get(f"{API}/inbox").json()["rows"][0]["ref"] == report.ref
    assert post(head, "/alerts", {}).status_code == 201
    assert post(officer, f"/reports/{report.ref}/acknowledgement", {"note": "seen"}).status_code == 201
    names = {"reports": [report.ref]}
    assert post(officer, "/assignments", {**names, "evaluator": "intelligence_officer"}).status_code == 201
    up = {**names, "to": "head_of_intelligence", "reason": "needs a decision"}
    assert post(officer, "/escalations", up).status_code == 201
    assert post(officer, "/duplicates", {"reports": [copy.ref], "original": report.ref}).status_code == 201
    made = post(officer, f"/items/{item.ref}/evaluations", BODY)
    assert made.status_code == 201
    again = {**BODY, "information": "4", "supersedes": made.json()["ref"]}
    newest = post(officer, f"/items/{item.ref}/evaluations", again).json()["ref"]
    assert [row["ref"] for row in head.get(f"{API}/evaluations?item={item.ref}").json()["rows"]] == [
        newest,
        made.json()["ref"],
    ]
    assert [row["ref"] for row in head.get(f"{API}/second-looks").json()["rows"]] == [newest]
    assert post(head, f"/evaluations/{newest}/reviews", {"agrees": True}).status_code == 201
    version = {"text": "A van.", "removed": "names", "level": 1}
    ref = post(officer, f"/reports/{report.ref}/sanitisations", version).json()["ref"]
    assert post(head, f"/sanitisations/{ref}/judgement", {"is_approved": True}).status_code == 201
    assert head.get(f"{API}/sanitisations/{ref}").json()["text"] == "A van."
    assert (
        post(officer, f"/reports/{report.ref}/replies", {"kind": "used", "text": "Thanks"}).status_code == 201
    )
    doubt = {"is_false": False, "reason": "The time is off."}
    dispute = post(officer, f"/reports/{report.ref}/disputes", doubt).json()["ref"]
    assert [row["ref"] for row in head.get(f"{API}/reports/{report.ref}/disputes").json()] == [dispute]
    assert post(head, f"/disputes/{dispute}/settlement", {"reason": "It was UTC."}).status_code == 201
    assert head.get(f"{API}/reports/{report.ref}/disputes").json() == []


def test_a_grade_sent_twice_is_given_once(world: World, act: Act) -> None:
    """A replayed POST answers the same and writes nothing."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
    client = browser(world, OFFICER)
    first, second = (
        post(client, f"/items/{item.ref}/evaluations", BODY, **{"Idempotency-Key": "g-1"}) for _ in range(2)
    )
    batch = [
        post(
            client,
            "/assignments",
            {"reports": [report.ref], "evaluator": "intelligence_officer"},
            **{"Idempotency-Key": "a-1"},
        )
        for _ in range(2)
    ]

    assert first.json() == second.json()
    assert [answer.status_code for answer in batch] == [201, 201]
    with act(world.user(OFFICER), world.desk) as actor:
        assert Assignment.objects.seen_by(actor).count() == 1
    assert len(client.get(f"{API}/evaluations?item={item.ref}").json()["rows"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": "Z"}, "source"),
        ({"scheme": "7x7"}, "scheme"),
        ({"handling": "H3"}, "handling_text"),
        ({"information": None}, "information"),
    ],
)
def test_bad_grades_over_http_name_field_and_remedy(
    world: World, act: Act, change: dict[str, Any], field: str
) -> None:
    """problem+json with the field."""
    report = reported(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        item = item_of(report, actor)
    answer = post(browser(world, OFFICER), f"/items/{item.ref}/evaluations", BODY | change)

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer["Content-Type"] == "application/problem+json"


def test_the_schemes_stand_side_by_side(world: World) -> None:
    """All schemes with their own codes; exactly one is the default. [EVA-02]"""
    rows = browser(world, REPORTER).get(f"{API}/schemes").json()

    assert {row["id"] for row in rows} >= {"europol-4x4", "uk-5x5x5", "uk-3x5x2", "admiralty-6x6"}
    assert [row["id"] for row in rows if row["is_default"]] == ["europol-4x4"]
