"""Somebody works on the same: the owner of a hidden record learns it, whoever is not cleared learns nothing."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openilp.collation import selectors, services
from openilp.collation.tasks import deconflict, look_for_others
from openilp.safeguards import audit, limits, people
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Level
from openilp.safeguards.models import Notice
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import INTELLIGENCE, Role
from tests.collation import scenes
from tests.factories import LEGAL_BASIS, PASSWORD, World

Act = Callable[..., Any]
NAME, PLATE = "Bat-Erdene Ganbold", "4127 ӨҮА"
#: What differs from one answer to the next whatever the world: keys, references, tokens, times.
_PASSING = re.compile(
    r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|\b[A-Z]{1,2}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"
    r"|csrf[^>]*?value=\"[^\"]+\"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\"'<]*|name=\"idempotency_key\" value=\"[^\"]+\""
)


def steady(text: str) -> str:
    """Return a text without what passes."""
    return _PASSING.sub("·", text)


def question(sql: str) -> str:
    """Return a statement without its values."""
    return re.sub(r"s\d+_x\d+|'(?:[^']|'')*'(?:::\w+(?:\[\])?)?|\b\d+\b|\(·(?:, ·)*\)", "·", sql)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Leave the world as it was."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def ask(world: World, events: list[dict[str, Any]]) -> tuple[list[Any], list[str], str]:
    """Do what somebody who is not cleared would do, and return answers, questions to the database and audit."""
    client = Client()
    client.force_login(world.user(Role.STRATEGIC_ANALYST))
    events.clear()
    form = {"about": "name", "value": NAME, "kind": "fact", "category": "WIT", "level": "1", "item": ""}
    form |= {"legal_basis": LEGAL_BASIS, "valid_from": "", "valid_until": "", "predicate": "", "since": ""}
    body = {
        "kind": "vehicle",
        "statements": [{"property": "plate", "value": PLATE, "kind": "fact"}],
        "legal_basis": LEGAL_BASIS,
    }
    with rolled_back(), CaptureQueriesContext(connection) as asked:
        given = [
            client.get("/collation/duplicates", {"entity_kind": "person", "about": "name", "value": NAME}),
            client.get(f"/api/v1/collation/entities/duplicates?kind=vehicle&property=plate&value={PLATE}"),
            client.get(f"/api/v1/collation/entities/suggestions?q={NAME}"),
            client.get(f"/search?q={PLATE}"),
            client.get(f"/collation/entities?q={NAME}"),
            client.post("/collation/entities/new?kind=person", form),
            client.post("/api/v1/collation/entities", json.dumps(body), content_type="application/json"),
            client.get("/collation/entities"),
            client.get("/alerts"),
        ]
        made = given[6].json()["ref"]
        given.append(client.get(f"/collation/entities/{made}/candidates"))
    answers = [
        (answer.status_code, steady(answer.headers.get("Location", "")), steady(answer.content.decode()))
        for answer in given
    ]
    assert [status for status, *_rest in answers] == [200] * 5 + [302, 201] + [200] * 3
    return answers, [question(each["sql"]) for each in asked.captured_queries], steady(json.dumps(events))


def test_who_is_not_cleared_learns_nothing_by_entering_or_looking_up(
    world: World, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a hidden candidate or without: the same bytes, the same questions to the database, the same audit."""
    events: list[dict[str, Any]] = []
    write = audit.record

    def note(event: dict[str, Any], *sealed: Any) -> None:
        write(event, *sealed)
        events.append(event)

    monkeypatch.setattr(audit, "record", note)
    without = ask(world, events)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as owner:
        scenes.person(owner, NAME, label=scenes.secret(world))
        scenes.vehicle(owner, PLATE, label=scenes.secret(world))
        assert selectors.duplicates_of_new("person", {"name": [NAME]}, actor=owner)

    held = ask(world, events)

    assert without[0] == held[0]
    assert without[1] == held[1]
    assert without[2] == held[2]


def test_the_owner_is_told_once_and_can_compare(world: World, act: Act) -> None:
    """The notice leads to both records side by side; it names no content, and the author of the new one gets none."""
    owner, asker = world.user(Role.INTELLIGENCE_OFFICER), world.user(Role.STRATEGIC_ANALYST)
    with act(owner, world.operation) as actor:
        mine = scenes.vehicle(actor, PLATE, label=scenes.secret(world))
    with act(asker, world.desk) as actor:
        theirs = scenes.vehicle(actor, PLATE)
        scenes.vehicle(actor, "9999 ААА")
    job = (str(owner.pk), str(world.operation.pk))

    assert [deconflict(*job), deconflict(*job)] == [1, 0]
    assert deconflict(str(asker.pk), str(world.desk.pk)) == 0

    with act(owner, world.operation) as actor:
        (notice,) = Notice.objects.seen_by(actor).filter(kind="same_subject")
        assert (notice.ref, notice.recipient_id) == (theirs.ref, owner.pk)
        assert notice.url == f"/collation/entities/{mine.ref}/compare?with={theirs.ref}"
    with act(asker, world.desk) as actor:
        assert not Notice.objects.seen_by(actor).exists()
    client = Client()
    client.force_login(owner)
    assert client.get(notice.url).status_code == 200
    assert "works on the same" in client.get("/alerts").content.decode()


def test_the_head_of_the_owning_unit_is_told_too(world: World, act: Act) -> None:
    """The author may be away; whoever answers for the unit's records learns it as well."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        scenes.vehicle(actor, PLATE, label=scenes.secret(world))
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        scenes.vehicle(actor, PLATE)
    head, analyst = world.user(Role.HEAD_OF_INTELLIGENCE), world.user(Role.OPERATIONAL_ANALYST)

    assert deconflict(str(head.pk), str(world.operation.pk)) == 1
    assert deconflict(str(analyst.pk), str(world.operation.pk)) == 0


def test_no_notice_where_the_warning_was_open_to_the_author(world: World, act: Act) -> None:
    """What the author could see was shown as a duplicate on entry; nobody needs to be told."""
    owner = world.user(Role.INTELLIGENCE_OFFICER)
    with act(owner, world.operation) as actor:
        seen = scenes.vehicle(actor, PLATE, label=scenes.secret(world))
        scenes.say(actor, seen, "colour", "white", label=actor.label(compartments=frozenset()))
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        scenes.vehicle(actor, PLATE)

    assert deconflict(str(owner.pk), str(world.operation.pk)) == 0


def test_records_hidden_from_each_other_bring_no_notice(world: World, act: Act) -> None:
    """An owner is not told of a record that the owner may not see: that would be the leak the other way round."""
    owner = world.user(Role.INTELLIGENCE_OFFICER)
    with act(owner, world.operation) as actor:
        scenes.vehicle(actor, PLATE, label=scenes.secret(world))
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        above = scenes.secret(world, Level.CONFIDENTIAL)
        scenes.vehicle(actor, PLATE, label=above)

    assert deconflict(str(owner.pk), str(world.operation.pk)) == 0


def test_a_judged_pair_is_left_alone(world: World, act: Act) -> None:
    """Once a human has judged the two, the owner is not asked again."""
    owner = world.user(Role.INTELLIGENCE_OFFICER)
    with act(owner, world.operation) as actor:
        mine = scenes.vehicle(actor, PLATE, label=scenes.secret(world))
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        theirs = scenes.vehicle(actor, PLATE)
    with act(owner, world.operation) as actor:
        scenes.judge(actor, mine, selectors.entity(theirs.ref, actor=actor), "different")

    assert deconflict(str(owner.pk), str(world.operation.pk)) == 0


def test_one_author_cannot_bury_a_notice_under_others(world: World, act: Act) -> None:
    """Ten notices of one author a day, the last of which says that more is held back; others still get through."""
    owner, flooder = world.user(Role.INTELLIGENCE_OFFICER), world.user(Role.STRATEGIC_ANALYST)
    other = people.make_account(
        username="other",
        full_name="Other Analyst",
        unit=world.region,
        roles=[Role.STRATEGIC_ANALYST],
        clearance=Level.INTERNAL,
        password=PASSWORD,
    )
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        people.admit(actor=actor, matter=world.desk, user=other)
    with act(owner, world.operation) as actor:
        scenes.vehicle(actor, PLATE, label=scenes.secret(world))
        scenes.vehicle(actor, "5521 УБА", label=scenes.secret(world))
    with act(other, world.desk) as actor:
        honest = scenes.vehicle(actor, "5521 УБА")
    with act(flooder, world.desk) as actor:
        for _ in range(selectors.deconfliction.MOST_NEW + 1):
            scenes.vehicle(actor, PLATE)
    job = (str(owner.pk), str(world.operation.pk))
    told = [deconflict(*job), deconflict(*job)]

    assert told == [limits.SAME_SUBJECT.most + 1, 0]
    with act(owner, world.operation) as actor:
        kinds = Counter(Notice.objects.seen_by(actor).values_list("kind", flat=True))
        assert honest.ref in Notice.objects.seen_by(actor).values_list("ref", flat=True)
    assert kinds == {"same_subject": limits.SAME_SUBJECT.most, "same_subject_flood": 1}


def test_the_look_is_permitted_audited_and_writes_a_notice_only(
    world: World, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs as its owner, as a combination in the log; who does not collate may not run it."""
    events: list[dict[str, Any]] = []
    monkeypatch.setattr(audit, "record", lambda event, *_sealed: events.append(event))
    owner = world.user(Role.INTELLIGENCE_OFFICER)
    with act(owner, world.operation) as actor:
        scenes.vehicle(actor, PLATE, label=scenes.secret(world))
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        scenes.vehicle(actor, PLATE)
    assert deconflict(str(owner.pk), str(world.operation.pk)) == 1

    assert events[-1]["actor"] == str(owner.pk)
    assert events[-1]["operation"] == "combination"
    assert [write["action"] for write in events[-1]["writes"]] == ["collation.deconflict"]
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor, pytest.raises(NotPermitted):
        services.deconflict(actor=actor, now=timezone.now())
    with act(owner, world.operation) as actor:
        late = timezone.now() + timedelta(days=2)
        assert selectors.overlaps(actor=actor, since=late) == []


def test_one_look_a_collator_and_matter_is_deferred(world: World) -> None:
    """Accounts that do not collate get no job."""
    collators = [u for u in world.users.values() if set(u.roles) & {r.value for r in INTELLIGENCE}]
    expected = sum(len(actor_for(user).compartments) for user in collators)

    assert expected == look_for_others(0)
