"""Home by duty, search and alerts: true figures, each a way to its list, nothing of what is out of reach."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.collection import services as collection
from openilp.collection.models import ImportBatch, Incident
from openilp.collection.rules import NewItem, NewReport
from openilp.direction.models import Priority
from openilp.methods.sentence import Estimate
from openilp.safeguards import notices
from openilp.safeguards.labels import Level
from openilp.safeguards.models import Notice
from openilp.safeguards.roles import Role
from openilp.web import command, drawing, harm
from tests.factories import World, lawful

Browser = Callable[[Role], Client]


def record_priority(actor: Any, world: World, **more: Any) -> Any:
    """Record a priority of the region on burglary."""
    today = timezone.localdate()
    values = {
        "title": "Burglary, Harbour Region",
        "reason": "Many homes hit.",
        "source_document": "Strategy 3",
        "organisation_level": "regional",
        "unit": world.region,
        "owner_id": actor.user_id,
        "position": 1,
        "starts_on": today - timedelta(days=30),
        "ends_on": today + timedelta(days=60),
        "crime_types": ["burglary"],
        "hours_set": 400,
        **lawful(),
    }
    return Priority.objects.record(actor=actor, **(values | more))


def record_incidents(actor: Any, world: World, months: dict[int, int], **more: Any) -> None:
    """Record incidents of burglary by months back from the present one."""
    batch = ImportBatch.objects.record(
        actor=actor, mapping="test", file_name="x.csv", sha256="0" * 64, **lawful()
    )
    now = timezone.now()
    rows = []
    for back, count in months.items():
        number = now.year * 12 + now.month - 1 - back
        at = timezone.make_aware(datetime(number // 12, number % 12 + 1, 1, 12))  # noqa: DTZ001
        rows += [
            {
                "batch": batch,
                "crime_type": "burglary",
                "starts_at": at,
                "ends_at": at,
                "time_precision": "month",
                "unit": world.district,
                "content_hash": f"{back}-{each}-{more}".encode()[:16].ljust(16, b"0"),
                "ordinal": len(rows) + each,
                **more,
            }
            for each in range(count)
        ]
    Incident.objects.record_many(actor=actor, rows=rows)


def hand_in(actor: Any, text: str, **more: Any) -> Any:
    """Hand in a report of one item."""
    new = NewReport(items=[NewItem(text, "fact", [])], urgency="low", provenance="seen")
    return collection.submit_report(actor=actor, new=new, legal_basis="POL-12", **more)


@pytest.mark.parametrize("role", list(Role))
def test_home_opens_empty_for_every_duty(logged_in: Browser, role: Role) -> None:
    """On the first day the page says in words what will come [ADM-04]."""
    answer = logged_in(role).get("/")

    assert answer.status_code == 200
    for panel in answer.context["panels"]:
        assert panel.count == 0
        assert panel.empty in answer.content.decode().replace("&#x27;", "'")


def test_the_administrator_and_oversight_get_no_content(world: World, logged_in: Browser, act: Any) -> None:
    """Counts of accounts and of the log, no report, no priority [LEG-03]."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        record_priority(actor, world)
        hand_in(actor, "A white van left the yard.")
    for role in (Role.ADMINISTRATOR, Role.OVERSIGHT):
        text = logged_in(role).get("/").content.decode()

        assert "Burglary" not in text
        assert "white van" not in text
    assert "Logged in seven days" in logged_in(Role.OVERSIGHT).get("/").content.decode()
    assert "Logged in seven days" not in logged_in(Role.ADMINISTRATOR).get("/").content.decode()


def test_a_priority_shows_harm_hours_and_answers(world: World, logged_in: Browser, act: Any) -> None:
    """Harm is incidents times the weight of the harm table, for the crime types and the area of the priority."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        row = record_priority(actor, world)
        record_incidents(actor, world, {0: 4, 1: 5, 2: 6, 12: 8, 13: 9, 14: 10})
        record_incidents(actor, world, {0: 3, 3: 1}, crime_type="shoplifting")
        found = harm.on_priorities([row], actor=actor)[row.pk]
    weight = _weight("burglary")

    assert (found.n_now, found.now, found.n) == (4, 4 * weight, 42)
    # Three months ago something else was recorded, so nothing is a true zero; before that lies a gap.
    assert found.counts[-15:] == (10, 9, 8, *([None] * 8), 0, 6, 5, 4)
    assert found.counts[0] is None
    assert found.change is not None
    assert found.change.value == pytest.approx((15 / 27 - 1) * 100)
    assert found.change.n == 42
    text = logged_in(Role.HEAD_OF_INTELLIGENCE).get("/").content.decode()
    assert "Burglary, Harbour Region" in text
    assert "<polyline" in text


def _weight(code: str) -> float:
    from openilp import reference

    return reference.harm_weight(code)


def test_harm_counts_the_area_of_the_priority_only(world: World, act: Any) -> None:
    """A district's priority leaves out other districts; headquarters' takes in what has no place."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        local = record_priority(actor, world, unit=world.district)
        national = record_priority(actor, world, unit=world.headquarters)
        record_incidents(actor, world, {0: 2})
        record_incidents(actor, world, {0: 3}, unit=world.region)
        record_incidents(actor, world, {0: 5}, unit=None)
        found = harm.on_priorities([local, national], actor=actor)

    assert (found[local.pk].n, found[national.pk].n) == (2, 10)


def test_harm_counts_what_the_actor_may_see(world: World, act: Any) -> None:
    """Incidents of a compartment are not in the figures of who stands outside [LEG-01]."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        row = record_priority(actor, world)
        record_incidents(actor, world, {0: 1})
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        label = actor.label(level=Level.INTERNAL, compartments=frozenset({world.operation.pk}))
        record_incidents(actor, world, {0: 2}, label=label)
        inside = harm.on_priorities([row], actor=actor)[row.pk].n
    with act(world.user(Role.CHAIR), world.desk) as actor:
        outside = harm.on_priorities([row], actor=actor)[row.pk].n

    assert (inside, outside) == (3, 1)


def test_counts_are_kept_per_reach_and_renewed_by_an_import(
    world: World, act: Any, events: list[Any], django_assert_max_num_queries: Any
) -> None:
    """Kept counts serve the same reach only, are logged each time, and end with the next import."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        row = record_priority(actor, world)
        record_incidents(actor, world, {0: 2})
        first = harm.on_priorities([row], actor=actor)[row.pk].n
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        with django_assert_max_num_queries(3):
            again = harm.on_priorities([row], actor=actor)[row.pk].n
        record_incidents(actor, world, {1: 4})
        renewed = harm.on_priorities([row], actor=actor)[row.pk].n

    assert (first, again, renewed) == (2, 2, 6)
    assert [event["counted"]["incident"] for event in events[-2:]] == [2, 6]


def test_the_officer_sees_own_reports_and_the_evaluator_the_inbox(
    world: World, logged_in: Browser, act: Any
) -> None:
    """What one hands in, the other finds waiting; counts equal the lists."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        report = hand_in(actor, "A white van left the yard.")
    own = logged_in(Role.REPORTING_OFFICER).get("/")
    inbox = logged_in(Role.INTELLIGENCE_OFFICER).get("/")

    assert report.ref in [row.ref for row in own.context["panels"][0].rows]
    assert report.ref in [row.ref for row in inbox.context["panels"][0].rows]
    assert inbox.context["panels"][0].count == 1
    assert f"/collection/reports/{report.ref}" in own.content.decode()


def test_the_log_is_counted_by_operation(world: World, logged_in: Browser) -> None:
    """Data protection sees the six operations, done and refused [LEG-02]."""
    page = logged_in(Role.DATA_PROTECTION_OFFICER).get("/")
    named = [line.operation for line in page.context["logged"]]

    assert {"collection", "alteration", "consultation", "disclosure", "combination", "erasure"} <= set(named)
    assert page.context["figures"]


def test_search_finds_groups_and_a_reference_leads_to_its_page(
    world: World, logged_in: Browser, act: Any, events: list[Any]
) -> None:
    """Words find reports and items; a reference opens its page; the log keeps the purpose as reason [CLT-10]."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        report = hand_in(actor, "A zebrawood cabinet left the yard.")
    client = logged_in(Role.OPERATIONAL_ANALYST)
    events.clear()
    page = client.get("/search?q=zebrawood")

    assert {group.kind for group in page.context["groups"]} == {"report", "item"}
    assert report.ref in page.content.decode()
    assert events[0]["purpose"] == str(world.desk.pk)
    assert client.get(f"/search?q={report.ref.lower()}")["Location"] == f"/collection/reports/{report.ref}"
    assert client.get("/api/v1/search?q=zebrawood").json()[0]["ref"] == report.ref
    assert client.get("/search?q=zebrawood&kind=nonsense").status_code == 422


def test_search_finds_nothing_of_what_is_hidden(world: World, logged_in: Browser, act: Any) -> None:
    """A report of a compartment is as absent to others as one that was never written [CLT-10]."""
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        label = actor.label(compartments=frozenset({world.operation.pk}))
        report = hand_in(actor, "A zebrawood cabinet left the yard.", label=label)
    client = logged_in(Role.CHAIR)
    for query in ("zebrawood", report.ref):
        hidden = client.get(f"/search?q={query}").content.decode()

        assert "Nothing found that you may see" in hidden
        assert "zebrawood cabinet" not in hidden
    assert logged_in(Role.ADMINISTRATOR).get("/search?q=zebrawood").status_code == 403


def test_all_of_a_kind_go_on_by_cursor(world: World, logged_in: Browser, act: Any) -> None:
    """More than a page of reports is read page by page, none twice."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        made = {hand_in(actor, f"Zebrawood cabinet {n}.").ref for n in range(53)}
    client = logged_in(Role.OPERATIONAL_ANALYST)
    first = client.get("/search?q=zebrawood&kind=report")
    rest = client.get(f"/search?q=zebrawood&kind=report&after={first.context['page'].next}")
    listed = [hit.ref for page in (first, rest) for group in page.context["groups"] for hit in group.hits]

    assert len(listed) == len(set(listed)) == 53
    assert set(listed) == made


def test_an_alert_is_opened_once_and_belongs_to_one(world: World, logged_in: Browser, act: Any) -> None:
    """Words for the kind, a way to the object, read by opening; others get a 404."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        notices.notify(
            actor=actor,
            recipients=[actor.user_id],
            kind="urgent_report",
            ref="R-1",
            url="/help",
            is_urgent=True,
        )
        key = Notice.objects.seen_by(actor).get().pk
    client = logged_in(Role.CHAIR)
    text = client.get("/alerts").content.decode()
    assert "Urgent report" in text
    assert client.post("/alerts/read").status_code == 302
    assert "Urgent report" in client.get("/alerts").content.decode()
    assert logged_in(Role.PLAN_OWNER).post(f"/alerts/{key}/read").status_code == 404
    opened = client.post(f"/alerts/{key}/read")

    assert opened["Location"] == "/help"
    assert "Urgent report" not in client.get("/alerts").content.decode()
    assert "Urgent report" in client.get("/alerts?show=all").content.decode()


@given(st.lists(st.none() | st.floats(0, 1e6), min_size=2, max_size=40))
def test_a_sparkline_stays_in_its_frame_and_keeps_gaps(values: list[float | None]) -> None:
    """Each known value is a point from zero; a gap breaks the line."""
    drawn = drawing.sparkline(values)
    known = [value for value in values if value is not None]
    if len(known) < 2:
        assert drawn is None
        return
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for line in drawn.lines for point in line.split(" ")]
    assert all(0 <= x <= drawn.width + 0.1 and 0 <= y <= drawn.height + 2 for x, y in points)
    neighbours = sum(a is not None and b is not None for a, b in pairwise(values))
    assert sum(len(line.split(" ")) - 1 for line in drawn.lines) == neighbours


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(-500, 500))
def test_an_interval_stays_on_its_scale(first: float, second: float, third: float) -> None:
    """Whatever lies beyond ends at the edge, and the order stays."""
    low, value, high = sorted((first, second, third))
    drawn = drawing.interval(Estimate(value, low, high, 0.95, 10), low=-60, high=60)

    assert drawn is not None
    assert 0 <= drawn.low <= drawn.value <= drawn.high <= drawn.width


def test_the_difference_is_found_wherever_a_result_keeps_it() -> None:
    """A stored result may hold it inside; what holds none gives none."""
    kept = {"value": -34.0, "low": -52.0, "high": -16.0, "level": 0.95, "n": 188}

    assert command.difference({"wdd": {"difference": kept}}) == Estimate(-34.0, -52.0, -16.0, 0.95, 188)
    assert command.difference({"rows": [1, 2]}) is None
