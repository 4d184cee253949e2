"""What is taken away ends at once: in open streams, in long exports, in jobs that wait in the queue."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openilp.collection.models import Report
from openilp.safeguards import people, standing
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import AccountError, NotAMember
from openilp.safeguards.models import ConflictOfInterest, Membership, User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from openilp.safeguards.standing import Revoked, guarded, still_stands
from tests.factories import World, lawful

ANALYST = Role.OPERATIONAL_ANALYST


def close(world: World, user: User) -> None:
    """Close the account."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def dismiss(world: World, user: User) -> None:
    """End a membership."""
    Membership.objects.filter(user=user, matter=world.operation).update(until=timezone.now())


def bar(world: World, user: User) -> None:
    """Put the account on the conflict list."""
    ConflictOfInterest.objects.create(
        user=user, matter=world.operation, kind="relative", declared_by=world.user(Role.CHAIR)
    )


def lower(world: World, user: User) -> None:
    """Take clearance away."""
    User.objects.filter(pk=user.pk).update(clearance=0)


def other_duties(world: World, user: User) -> None:
    """Give other duties."""
    User.objects.filter(pk=user.pk).update(roles=[Role.PLAN_OWNER.value])


def leave(world: World, user: User) -> None:
    """Move to a partner agency."""
    User.objects.filter(pk=user.pk).update(partner="NEIGHBOUR")


TAKEN: list[Callable[[World, User], None]] = [close, dismiss, bar, lower, other_duties, leave]


@pytest.mark.parametrize("take", TAKEN)
def test_a_stream_ends_when_something_is_taken_away(
    world: World, take: Callable[[World, User], None]
) -> None:
    """What was sent is sent; the rest is not, and the stream breaks off instead of ending as if whole [LEG-01]."""
    user = world.user(ANALYST)
    actor = actor_for(user, purpose=world.operation.pk)
    stream = guarded(iter([b"one", b"two", b"three"]), actor, every_s=0)

    assert next(stream) == b"one"
    assert next(stream) == b"two"
    take(world, user)
    with pytest.raises(Revoked):
        next(stream)


def test_what_is_given_meanwhile_ends_nothing(world: World) -> None:
    """More reach than at the beginning is no reason to stop."""
    user = world.user(ANALYST)
    actor = actor_for(user)
    User.objects.filter(pk=user.pk).update(clearance=3, roles=[ANALYST.value, Role.CHAIR.value])

    assert still_stands(actor)
    assert list(guarded([1, 2, 3], actor, every_s=0)) == [1, 2, 3]


def test_a_stand_in_stands_as_long_as_the_delegation(world: World, act: Any) -> None:
    """Its end, and what the grantor loses, end the stream of the delegate too."""
    head, user = world.user(Role.HEAD_OF_INTELLIGENCE), world.user(ANALYST)
    with act(head, world.operation) as actor:
        row = people.delegate(
            actor=actor,
            to=user,
            roles=[Role.HEAD_OF_INTELLIGENCE],
            matters=[world.operation],
            until=timezone.now() + timedelta(days=1),
            reason="leave until Monday",
        )
    actor = people.actor_in_place_of(user, delegation=row.pk)
    assert still_stands(actor)
    User.objects.filter(pk=head.pk).update(clearance=0)
    assert not still_stands(actor)
    User.objects.filter(pk=head.pk).update(clearance=3)
    assert still_stands(actor)
    type(row).objects.filter(pk=row.pk).update(until=timezone.now())
    assert not still_stands(actor)


def test_a_long_export_ends_between_two_rows(world: World, act: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are streamed out of the gate ask again; the export is rolled back with its error."""
    monkeypatch.setattr(standing, "EVERY_S", 0.0)
    user = world.user(ANALYST)
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        values = lawful(title="x", text="x", urgency="low", provenance="seen")
        Report.objects.record_many(actor=actor, rows=[values] * 3)
    actor = actor_for(user, purpose=world.desk.pk)

    def export() -> None:
        with acting(actor, "test.export"):
            rows = Report.objects.seen_by(actor).iterator(chunk_size=1)
            next(rows)
            close(world, user)
            next(rows)

    with pytest.raises(Revoked):
        export()


def test_a_file_on_its_way_to_a_browser_breaks_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The middleware guards every streamed answer."""
    from django.http import HttpRequest, StreamingHttpResponse

    from openilp.web.middleware import ActingMiddleware

    user = world.user(ANALYST)
    monkeypatch.setattr(standing, "EVERY_S", 0.0)

    def view(request: HttpRequest) -> StreamingHttpResponse:
        request.acting.declared = True  # type: ignore[attr-defined]
        return StreamingHttpResponse(iter([b"one", b"two", b"three"]))

    request = Client().get("/health").wsgi_request
    request.user, request.path = user, "/collection/reports"
    user.must_change_password = False
    monkeypatch.setattr("openilp.web.middleware._has_second_factor", lambda user: True)
    answer: Any = ActingMiddleware(view)(request)
    sent = iter(answer.streaming_content)
    assert next(sent) == b"one"
    close(world, user)
    with pytest.raises(Revoked):
        next(sent)


def test_a_job_in_the_queue_is_authorised_when_it_runs(world: World) -> None:
    """Queued with an account and a matter, never with a reach: after a dismissal it does nothing."""
    from openilp.collation.tasks import alert_saved_searches, deconflict

    user = world.user(ANALYST)
    asked = {"actor_id": str(user.pk), "matter_id": str(world.operation.pk)}
    assert alert_saved_searches.func(**asked) == 0
    dismiss(world, user)
    for job in (alert_saved_searches, deconflict):
        with pytest.raises(NotAMember):
            job.func(**asked)
    close(world, user)
    for job in (alert_saved_searches, deconflict):
        with pytest.raises(AccountError):
            job.func(**asked)


def test_no_job_carries_a_reach() -> None:
    """What waits in the queue names accounts and rows by their ids; nobody can queue an actor."""
    import inspect

    from procrastinate.contrib.django import app

    tasks = {name: task for name, task in app.tasks.items() if "builtin" not in name}
    assert len(tasks) > 5
    for name, task in tasks.items():
        for parameter in inspect.signature(task.func).parameters.values():
            assert parameter.annotation in (str, int, "JobContext") or parameter.name == "context", name
