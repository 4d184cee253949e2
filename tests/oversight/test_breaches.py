"""The register of breaches: its clock, its scope from the audit log, its steps and its letter."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.oversight.errors import OversightError
from openilp.oversight.models import Breach
from openilp.oversight.rules.breaches import (
    AUTHORITY,
    TO_NOTIFY,
    BreachClosed,
    NotReadyToClose,
    Standing,
    Step,
    Told,
    standing,
)
from openilp.oversight.selectors import breaches as selectors
from openilp.oversight.services.breaches import NewBreach, measure_breach, report_breach, take_breach_step
from openilp.safeguards import notices
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.postgres.bootstrap import SEQUENCER
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act
from tests.factories import World, make_world
from tests.oversight.making import person
from tests.oversight.seeding import Log
from tests.oversight.test_registers import visiting
from tests.safeguards.test_audit import connect

HEAD, OFFICER = Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER
AUTHORITY_ROLE = Role.SUPERVISORY_AUTHORITY
SENTENCE = "A sentence that says what was done, and why."
NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def log() -> Iterator[Log]:
    """A log to write the past into."""
    with connect(SEQUENCER) as own:
        yield Log(own)


def new(hours_ago: float = 10, **more: Any) -> NewBreach:
    """Return a breach of which somebody became aware some hours ago."""
    aware = timezone.now() - timedelta(hours=hours_ago)
    values: dict[str, Any] = {
        "title": "A lost telephone",
        "kind": "confidentiality",
        "description": "A service telephone was left on a bus, unlocked.",
        "happened_from": aware - timedelta(hours=2),
        "happened_until": aware - timedelta(hours=1),
        "aware_at": aware,
        "consequences": "Somebody may have read the open report.",
        "measures": "The account was closed from afar.",
    }
    return NewBreach(**(values | more))


def reported(world: World, act: Act, **more: Any) -> Breach:
    """Enter a breach in the register."""
    with act(world.user(HEAD)) as actor:
        return report_breach(actor=actor, new=new(**more))


def step(world: World, act: Act, breach: Breach, kind: str, **more: Any) -> None:
    """Record a step as of now."""
    with act(world.user(HEAD)) as actor:
        told = Told(kind, more.pop("text", SENTENCE), more.pop("done_at", timezone.now()), **more)
        take_breach_step(actor=actor, breach=breach, told=told)


@given(st.integers(-100, 100), st.sets(st.sampled_from([str(one) for one in Step])))
def test_the_clock_runs_from_becoming_aware_until_the_authority_is_answered(
    hours: int, taken: set[str]
) -> None:
    """Overdue is what has no answer after 72 hours; only a word to the authority, or why none, stops the clock."""
    now = NOON + timedelta(hours=hours)
    found = standing(due_at=NOON, taken=taken, now=now)

    if Step.CLOSED not in taken and not taken & set(AUTHORITY):
        assert found is (Standing.OVERDUE if hours > 0 else Standing.RUNNING)
    else:
        assert found in (Standing.ANSWERED, Standing.CLOSED)
    assert timedelta(hours=72) == TO_NOTIFY


def test_a_breach_is_told_reasoned_and_closed_with_lessons(world: World, act: Act) -> None:
    """The officer is told of it; closing waits for authority and people; afterwards nothing is added [LEG-11]."""
    breach = reported(world, act)
    assert breach.due_at - breach.aware_at == TO_NOTIFY
    with act(world.user(OFFICER)) as actor:
        assert notices.unread(actor=actor).filter(kind="breach_reported", ref=breach.ref).exists()
        assert selectors.waiting(actor=actor) == (1, 0)
    with pytest.raises(NotReadyToClose):
        step(world, act, breach, "closed")
    step(world, act, breach, "notified")
    with pytest.raises(NotReadyToClose):
        step(world, act, breach, "closed")
    step(world, act, breach, "people_not_told", text="The telephone was found again, still sealed.")
    step(world, act, breach, "closed", text="Telephones lock after a minute from now on.")

    with pytest.raises(BreachClosed):
        step(world, act, breach, "measure")
    with act(world.user(OFFICER)) as actor:
        assert selectors.breach(breach.ref, actor=actor).standing is Standing.CLOSED
        assert selectors.waiting(actor=actor) == (0, 0)
        with pytest.raises(BreachClosed):
            measure_breach(actor=actor, breach=breach, since=NOON, until=NOON + timedelta(hours=1))


def test_who_tells_the_authority_late_says_why(world: World, act: Act) -> None:
    """After more than 72 hours the reasons for the delay go with it (Art. 30(1)); the next word needs none."""
    breach = reported(world, act, hours_ago=80)
    with act(world.user(AUTHORITY_ROLE)) as actor:
        assert selectors.waiting(actor=actor) == (1, 1)
    with pytest.raises(OversightError) as refused:
        step(world, act, breach, "notified")
    assert refused.value.field == "delay_reason"

    step(world, act, breach, "notified", delay_reason="The officer was on leave and nobody stood in.")
    step(world, act, breach, "notified", text="A second letter with the numbers of the log.")

    with act(world.user(OFFICER)) as actor:
        assert len(selectors.breach(breach.ref, actor=actor).steps) == 2


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("title", {"title": " "}),
        ("kind", {"kind": "bad luck"}),
        ("description", {"description": "lost"}),
        ("happened_until", {"happened_until": NOON, "happened_from": NOON}),
        ("aware_at", {"aware_at": timezone.now() + timedelta(hours=1)}),
    ],
)
def test_half_a_breach_is_refused(world: World, act: Act, field: str, more: dict[str, Any]) -> None:
    """Each refusal names its field."""
    with pytest.raises(OversightError) as refused:
        reported(world, act, **more)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("kind", {"kind": "slept"}),
        ("text", {"text": "done"}),
        ("done_at", {"done_at": timezone.now() + timedelta(days=1)}),
        ("done_at", {"done_at": NOON - timedelta(days=900)}),
    ],
)
def test_half_a_step_is_refused(world: World, act: Act, field: str, more: dict[str, Any]) -> None:
    """A step names what it was, says it, and lies between becoming aware and now."""
    breach = reported(world, act)
    with pytest.raises(OversightError) as refused:
        step(world, act, breach, **({"kind": "measure"} | more))

    assert refused.value.field == field


@pytest.mark.django_db(transaction=True)
def test_the_scope_is_read_from_the_log_in_numbers_only(act: Act, log: Log) -> None:
    """Events, different records and persons by category of one account in an hour; fewer than five are left out."""
    world = make_world()
    suspects = [person(world, act) for _ in range(5)]
    witness = person(world, act, category="WIT")
    seen = [row.person_id for row in (*suspects, witness)]
    officer = world.user(Role.INTELLIGENCE_OFFICER)
    log.look(officer, NOON, opened=seen[:1], listed=seen)
    log.look(officer, NOON + timedelta(minutes=5), listed=seen[:3])
    log.look(world.user(Role.CHAIR), NOON, listed=seen[:2])
    log.look(officer, NOON + timedelta(hours=2), listed=seen)
    breach = reported(world, act)

    with act(world.user(OFFICER)) as actor:
        span = {"since": NOON - timedelta(minutes=1), "until": NOON + timedelta(hours=1)}
        row = measure_breach(actor=actor, breach=breach, account=officer, **span)
        everybody = measure_breach(actor=actor, breach=breach, **span)
        with pytest.raises(OversightError):
            measure_breach(actor=actor, breach=breach, since=NOON, until=NOON)

    assert (row.events, row.accounts, row.records, row.kinds) == (2, 1, 6, {"entity": 6})
    assert row.categories == {"SUS": 5, "WIT": None}
    assert (everybody.events, everybody.accounts) == (3, 2)
    with act(world.user(HEAD)) as actor, pytest.raises(NotPermitted):
        measure_breach(actor=actor, breach=breach, **span)


def test_the_register_is_pages_a_letter_and_an_api(world: World) -> None:
    """The head reports, the officer measures, the authority reads; what is overdue stands on the front page."""
    head, officer = visiting(world, HEAD), visiting(world, OFFICER)
    authority = visiting(world, AUTHORITY_ROLE)
    assert "No breach is in the register" in authority.get("/oversight/breaches").content.decode()
    body = {name: str(value) for name, value in new(80).__dict__.items()}
    assert head.get("/oversight/breaches/report").status_code == 200
    assert head.post("/oversight/breaches/report", body | {"title": ""}).status_code == 422
    made = head.post("/oversight/breaches/report", body)
    path = made["Location"]
    ref = path.rsplit("/", 1)[1]
    assert "1 overdue" in authority.get("/oversight/").content.decode()
    assert "72 hours are over" in authority.get("/oversight/breaches").content.decode()

    span = {"since": body["happened_from"], "until": body["happened_until"]}
    assert officer.post(f"{path}/scope", span | {"account": "nobody"}).status_code == 422
    assert officer.post(f"{path}/scope", span).status_code == 302
    now = str(timezone.now())
    assert (
        head.post(f"{path}/step", {"kind": "notified", "text": SENTENCE, "done_at": now}).status_code == 422
    )
    late = {"kind": "notified", "text": SENTENCE, "done_at": now, "delay_reason": SENTENCE}
    assert head.post(f"{path}/step", late).status_code == 302
    assert head.post(f"{path}/step", late | {"kind": "closed"}).status_code == 409

    page = authority.get(path).content.decode()
    assert "Reasons for the delay" in page
    assert "Record what was done" not in page
    assert authority.get(f"{path}/letter").content.startswith(b"%PDF")
    api = f"/api/v1/oversight/breaches/{ref}"
    shown = authority.get(api).json()
    assert (shown["standing"], len(shown["steps"]), len(shown["scopes"])) == ("answered", 1, 1)
    assert authority.get("/api/v1/oversight/breaches").json()["rows"][0]["ref"] == ref
    kind = {"content_type": "application/json"}
    assert head.post("/api/v1/oversight/breaches", body | {"aware_at": now}, **kind).status_code == 201
    assert head.post(f"{api}/steps", late | {"kind": "people_told"}, **kind).status_code == 201
    assert officer.post(f"{api}/scopes", span, **kind).status_code == 201
    assert officer.post(f"{api}/scopes", span | {"account": "nobody"}, **kind).status_code == 404
    assert authority.post(f"{api}/steps", late, **kind).status_code == 403
