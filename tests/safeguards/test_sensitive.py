"""Sensitive records: a reason comes before they open, whoever marked them learns of it, and nobody learns more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from openilp.collection.models import Item, Report
from openilp.safeguards import find, sensitive
from openilp.safeguards.errors import MustSayWhy, NotPermitted, RecordNotFound
from openilp.safeguards.labels import Level
from openilp.safeguards.models import Notice, SensitiveOpening
from openilp.safeguards.oracle import must_say_why
from openilp.safeguards.roles import Role
from openilp.safeguards.sensitive import OPEN_FOR, AlreadySensitive, NotSensitive, SensitiveInput
from tests.factories import World, lawful

WHY = "The chair asks who saw the van."
HEAD, ANALYST, OFFICER = Role.HEAD_OF_INTELLIGENCE, Role.OPERATIONAL_ANALYST, Role.INTELLIGENCE_OFFICER
DPO = Role.DATA_PROTECTION_OFFICER


@pytest.fixture
def report(world: World, act: Callable[..., Any]) -> Report:
    """A report with an item, marked as sensitive by the head."""
    made = write(world, act)
    mark(world, act, made.ref)
    return made


def write(world: World, act: Callable[..., Any], level: Level = Level.INTERNAL) -> Report:
    """Write a report with an item."""
    with act(world.user(HEAD), world.desk) as actor:
        row: Report = Report.objects.record(
            actor=actor,
            title="A guest of the mayor",
            text="Seen at the quay.",
            urgency="low",
            provenance="seen",
            label=actor.label(level=level),
            **lawful(),
        )
        Item.objects.record(actor=actor, report=row, number=1, text="Seen at the quay.", kind="fact")
    return row


def mark(world: World, act: Callable[..., Any], ref: str) -> None:
    """Mark a record as the head."""
    with act(world.user(HEAD), world.desk) as actor:
        sensitive.mark_sensitive(actor=actor, reference=ref, reason="He is a person of public life.")


def test_it_opens_after_a_reason_and_for_an_hour(
    world: World, act: Callable[..., Any], report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a reason it stays shut to everybody, the marker too; the reason counts for who gave it."""
    for role in (ANALYST, HEAD):
        with act(world.user(role), world.desk) as actor, pytest.raises(MustSayWhy):
            find.by_reference(report.ref, actor=actor)
    with act(world.user(ANALYST), world.desk) as actor:
        sensitive.open_sensitive(actor=actor, reference=report.ref, reason=WHY)
        assert find.by_reference(report.ref, actor=actor).pk == report.pk
    with act(world.user(OFFICER), world.desk) as actor, pytest.raises(MustSayWhy):
        find.by_reference(report.ref, actor=actor)
    later = timezone.now() + OPEN_FOR
    monkeypatch.setattr(timezone, "now", lambda: later)
    with act(world.user(ANALYST), world.desk) as actor, pytest.raises(MustSayWhy):
        find.by_reference(report.ref, actor=actor)


def test_its_parts_open_as_it_does_and_lists_show_it(
    world: World, act: Callable[..., Any], report: Report
) -> None:
    """A sentence of a sensitive report is no way around it; that it is there stays known to whoever may see it."""
    with act(world.user(ANALYST), world.desk) as actor:
        item = Item.objects.seen_by(actor).get(report=report)
        assert list(Report.objects.seen_by(actor).values_list("pk", flat=True)) == [report.pk]
        with pytest.raises(MustSayWhy):
            find.by_reference(item.ref, actor=actor)


def test_the_marker_is_told_and_reads_the_reason_and_nobody_else_does(
    world: World, act: Callable[..., Any], report: Report
) -> None:
    """One who opens the own mark is told of to data protection, without the reference."""
    for role in (ANALYST, HEAD):
        with act(world.user(role), world.desk) as actor:
            sensitive.open_sensitive(actor=actor, reference=report.ref, reason=f"{WHY} {role}")
    with act(world.user(HEAD), world.desk) as actor:
        told = Notice.objects.seen_by(actor).filter(kind="sensitive_opened")
        assert [notice.ref for notice in told] == [report.ref]
        found = sensitive.standing_of(report.ref, actor=actor)
        assert len(sensitive.openings_of(found.mark, actor=actor)) == 2
    with act(world.user(DPO), world.desk) as actor:
        assert Notice.objects.seen_by(actor).get(kind="sensitive_opened_by_marker").ref == ""
    with act(world.user(OFFICER), world.desk) as actor:
        found = sensitive.standing_of(report.ref, actor=actor)
        assert not sensitive.openings_of(found.mark, actor=actor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM safeguards_sensitiveopening")
            assert cursor.fetchone() == (0,)


def test_the_reason_is_in_the_log_as_a_fingerprint_only(
    world: World, act: Callable[..., Any], report: Report
) -> None:
    """The event says who opened what; the words lie sealed beside it."""
    from openilp.safeguards import acting

    with act(world.user(ANALYST), world.desk) as actor:
        sensitive.open_sensitive(actor=actor, reference=report.ref, reason=WHY)
        event = acting.require("test").event()
        assert acting.require("test").sealed == {"justification": WHY}
    assert event["justified"]
    assert WHY not in str(event)
    assert "safeguards.open_sensitive" in [each["action"] for each in event["writes"]]


def test_hidden_marked_or_not_reads_like_absent(world: World, act: Callable[..., Any]) -> None:
    """Neither opening nor marking nor asking how it stands tells of what somebody may not see."""
    hidden = write(world, act, Level.CONFIDENTIAL)
    mark(world, act, hidden.ref)
    verbs = (sensitive.open_sensitive, sensitive.end_sensitive, sensitive.mark_sensitive)
    for role, verb in [(ANALYST, verbs[0]), (DPO, verbs[1]), (DPO, verbs[2])]:
        answers = []
        for ref in (hidden.ref, "R-2222-2222"):
            with act(world.user(role), world.desk) as actor, pytest.raises(RecordNotFound) as caught:
                verb(actor=actor, reference=ref, reason=WHY)
            answers.append(str(caught.value).replace(ref, "~"))
        assert answers[0] == answers[1]
    with act(world.user(ANALYST), world.desk) as actor:
        for ref in (hidden.ref, "R-2222-2222"):
            with pytest.raises(RecordNotFound):
                find.by_reference(ref, actor=actor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM safeguards_sensitivemark")
            assert cursor.fetchone() == (0,)


def test_who_marks_is_one_of_three_duties_and_a_mark_ends_with_a_reason(
    world: World, act: Callable[..., Any], report: Report
) -> None:
    """An ended mark asks nothing, and whoever had set it is told."""
    with act(world.user(ANALYST), world.desk) as actor, pytest.raises(NotPermitted):
        sensitive.end_sensitive(actor=actor, reference=report.ref, reason=WHY)
    with act(world.user(DPO), world.desk) as actor:
        with pytest.raises(AlreadySensitive):
            sensitive.mark_sensitive(actor=actor, reference=report.ref, reason=WHY)
        with pytest.raises(SensitiveInput):
            sensitive.end_sensitive(actor=actor, reference=report.ref, reason=" ")
        sensitive.end_sensitive(actor=actor, reference=report.ref, reason=WHY)
        assert find.by_reference(report.ref, actor=actor).pk == report.pk
        with pytest.raises(NotSensitive):
            sensitive.open_sensitive(actor=actor, reference=report.ref, reason=WHY)
    with act(world.user(HEAD), world.desk) as actor:
        assert Notice.objects.seen_by(actor).get(kind="sensitive_ended").ref == report.ref
    mark(world, act, report.ref)
    with act(world.user(DPO), world.desk) as actor, pytest.raises(MustSayWhy):
        find.by_reference(report.ref, actor=actor)


def test_pages_and_api_ask_first(world: World, act: Callable[..., Any], report: Report) -> None:
    """The refusal leads to the form; after the reason the page opens. The API says the same with its own address."""
    client = Client()
    client.force_login(world.user(ANALYST), backend="django.contrib.auth.backends.ModelBackend")
    page, api = f"/collection/reports/{report.ref}", f"/api/v1/collection/reports/{report.ref}"
    refused = client.get(page)
    assert (refused.status_code, b"A guest of the mayor" in refused.content) == (403, False)
    assert f'href="/sensitive/{report.ref}"'.encode() in refused.content
    assert client.get(api).json()["type"] == "/docs/problems#MustSayWhy"
    form = client.get(f"/sensitive/{report.ref}")
    assert (form.status_code, b"A guest of the mayor" in form.content) == (200, False)

    said = client.post(f"/sensitive/{report.ref}", {"verb": "open", "reason": WHY})
    assert (said.status_code, client.get(page).status_code) == (302, 200)
    assert client.get(api).status_code == 200
    assert client.get(f"/api/v1/sensitive/{report.ref}").json()["is_sensitive"]


def test_another_account_cannot_be_written_as_having_said_why(
    world: World, act: Callable[..., Any], report: Report
) -> None:
    """The database takes a reason under the own account only."""
    from django.db import ProgrammingError, transaction

    with act(world.user(ANALYST), world.desk) as actor:
        found = sensitive.standing_of(report.ref, actor=actor)
        with pytest.raises(ProgrammingError), transaction.atomic():
            SensitiveOpening.objects.record(
                actor=actor,
                created_by_id=world.user(OFFICER).pk,
                mark=found.mark,
                marker_id=found.mark.created_by_id,
                reason=WHY,
                until=timezone.now() + OPEN_FOR,
            )


@pytest.mark.parametrize("is_sensitive", [True, False])
@pytest.mark.parametrize("minutes", [None, 0, 59, 60, 61])
def test_the_oracle_says_the_same_as_the_gate(
    world: World,
    act: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    is_sensitive: bool,
    minutes: int | None,
) -> None:
    """The rule as it can be read aloud, on the record itself: marked or not, said why so many minutes ago or never."""
    row = write(world, act)
    said_at: list[datetime] = []
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    if is_sensitive:
        mark(world, act, row.ref)
    if is_sensitive and minutes is not None:
        with act(world.user(ANALYST), world.desk) as actor:
            said = sensitive.open_sensitive(actor=actor, reference=row.ref, reason=WHY)
            said_at.append(said.until - OPEN_FOR)
    now += timedelta(minutes=minutes or 0)
    with act(world.user(ANALYST), world.desk) as actor:
        try:
            find.by_reference(row.ref, actor=actor)
            asked = False
        except MustSayWhy:
            asked = True

    assert asked == must_say_why(is_sensitive=is_sensitive, said_why_at=said_at, now=now)
