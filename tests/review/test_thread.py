"""The golden thread: edges equal foreign keys, taint is closed, what is hidden cuts."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openilp.analysis.models import Citation, Product
from openilp.collation.models import Statement
from openilp.collection.models import Item, Report
from openilp.direction.models import Priority
from openilp.dissemination.models import Rating, Recall, Recipient, Release
from openilp.evaluation.models import Dispute, Reply
from openilp.review import nodes, thread
from openilp.review.models import Lesson, Outcome
from openilp.safeguards import find
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import ThreadEdge
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import Role
from tests.factories import World
from tests.review.growing import grow

Act = Callable[..., Any]
WITH_LINKS = sorted((m for m in find.kinds().values() if m.thread_links), key=lambda m: m.__name__)


def expected_edges(row: Identified) -> set[tuple[Any, ...]]:
    """Return the edges that a row's foreign keys amount to."""

    def end(name: str) -> tuple[str, Any]:
        if name == "self":
            return str(row._meta.model_name), row.pk
        field: Any = row._meta.get_field(name)
        return str(field.related_model._meta.model_name), getattr(row, field.attname)

    ends = [(*end(link.source), *end(link.target), link.kind) for link in row.thread_links]
    return {edge for edge in ends if edge[1] is not None and edge[3] is not None}


@pytest.mark.parametrize("model", WITH_LINKS, ids=[m.__name__ for m in WITH_LINKS])
def test_edges_equal_the_declared_foreign_keys(world: World, act: Act, model: type[Identified]) -> None:
    """For every table that draws a thread, the edges are its foreign keys, no more and no fewer."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        grow(model, actor=actor, world=world)
        rows = [row for m in WITH_LINKS for row in m.objects.seen_by(actor)]
        expected = {edge for row in rows for edge in expected_edges(row)}

        drawn = ThreadEdge.objects.seen_by(actor).values_list(
            "from_kind", "from_id", "to_kind", "to_id", "kind"
        )
        assert set(drawn) == expected
        assert any(row._meta.model is model and expected_edges(row) for row in rows)


#: What is recorded beside the process, about records and about staff, has a reference and no thread of its own.
IN_THE_PROCESS = sorted((m for m in find.by_prefix().values() if m._meta.app_label != "oversight"), key=str)


@pytest.mark.parametrize("model", IN_THE_PROCESS)
def test_every_object_with_a_reference_has_a_thread_and_a_label(
    world: World, act: Act, model: type[Identified]
) -> None:
    """From anything there is a thread, and it says what the thing is in words."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        row = world.desk if model.__name__ == "Matter" else grow(model, actor=actor, world=world)
        found = thread.thread(row.ref, actor=actor)

    assert found.here.ref == row.ref
    assert found.here.label.strip()
    assert found.here.url
    assert nodes.counted(found.here.kind, 2).startswith("2 ")


def test_a_report_leads_to_the_product_that_cites_it(world: World, act: Act) -> None:
    """Forward from a report lies what cites it; back from the product lies the report."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        item = grow(Item, actor=actor, world=world)
        product = grow(Product, actor=actor, world=world)
        grow(Citation, actor=actor, world=world, item=item, product=product, run=None, assessment=None)
        forward = thread.thread(item.report.ref, actor=actor, direction="forward")
        back = thread.thread(product.ref, actor=actor, direction="back")

        assert {item.ref, product.ref} <= forward.future
        assert item.report.ref in back.past
        assert not forward.past
        assert not back.future


def test_a_hidden_object_cuts_all_that_is_reached_through_it_alone(world: World, act: Act) -> None:
    """A thread never tells that something hidden lies in between."""
    secret = Label(Level.INTERNAL, frozenset({world.operation.pk}), world.region.pk)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        report = grow(Report, actor=actor, world=world, label=actor.label(compartments=frozenset()))
        item = grow(Item, actor=actor, world=world, report=report, label=secret)
        statement = grow(Statement, actor=actor, world=world, item=item)
        all_of_it = thread.thread(report.ref, actor=actor, direction="forward")
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        seen = thread.thread(report.ref, actor=actor, direction="forward")
        with pytest.raises(RecordNotFound):
            thread.thread(item.ref, actor=actor)

    assert {item.ref, statement.ref} <= all_of_it.future
    assert seen.future == frozenset()
    assert seen.edges == ()


def test_a_hidden_middle_hides_what_is_visible_beyond_it(world: World, act: Act) -> None:
    """Product visible, item in between hidden: the thread of the report must not jump."""
    secret = Label(Level.INTERNAL, frozenset({world.operation.pk}), world.region.pk)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        report = grow(Report, actor=actor, world=world, label=actor.label(compartments=frozenset()))
        hidden = grow(Dispute, actor=actor, world=world, report=report, label=secret)
        open_product = grow(Product, actor=actor, world=world, label=actor.label(compartments=frozenset()))
        edge = {"from_id": hidden.pk, "from_kind": "dispute", "to_id": open_product.pk, "to_kind": "product"}
        _draw(actor, edge)
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert Product.objects.seen_by(actor).filter(pk=open_product.pk).exists()
        seen = thread.thread(report.ref, actor=actor, direction="forward")

    assert open_product.ref not in seen.future


def _draw(actor: Any, edge: dict[str, Any]) -> None:
    """Write an edge that anybody may see."""
    from uuid import uuid4

    from django.db import models

    label = actor.label(compartments=frozenset())
    row = ThreadEdge(id=uuid4(), kind="x", created_by_id=actor.user_id, **label.columns(), **edge)
    edges: models.QuerySet[Any] = models.QuerySet(model=ThreadEdge)
    edges.bulk_create([row])


@given(pairs=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_taint_is_closed_under_forward_edges(world: World, act: Act, pairs: list[tuple[int, int]]) -> None:
    """On any graph, loops included, taint equals the closure that a naive walk finds."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        rows = [grow(Priority, actor=actor, world=world, cascades_from=None) for _ in range(8)]
        for a, b in pairs:
            ends = {
                "from_id": rows[a].pk,
                "to_id": rows[b].pk,
                "from_kind": "priority",
                "to_kind": "priority",
            }
            _draw(actor, ends)
        found = thread.thread(rows[0].ref, actor=actor, direction="forward")
        groups = thread.tainted_by(rows[0].ref, actor=actor)

    naive, frontier = {0}, {0}
    while frontier:
        frontier = {b for a, b in pairs if a in frontier} - naive
        naive |= frontier
    assert found.future == {rows[i].ref for i in naive - {0}}
    assert {node.ref for group in groups for node in group.nodes} == found.future
    assert {(e.source, e.target) for e in found.edges} == {
        (rows[a].ref, rows[b].ref) for a, b in pairs if a in naive
    }


def test_a_false_source_taints_everything_up_to_the_lesson(world: World, act: Act) -> None:
    """Back from an outcome's lesson back to the task and its operation."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        outcome = grow(Outcome, actor=actor, world=world)
        lesson = grow(Lesson, actor=actor, world=world, outcome=outcome, results=None)
        kinds = [node.kind for node in thread.thread(lesson.ref, actor=actor, direction="back").behind()]

    assert kinds[-1] == "outcome"
    assert {"decision", "operation", "task"} <= set(kinds)


def test_an_unknown_direction_is_refused_by_name(world: World, act: Act) -> None:
    """The error names the value and the choices."""
    with (
        act(world.user(Role.CHAIR), world.desk) as actor,
        pytest.raises(thread.UnknownDirection, match=r"sideways.*both, back, forward"),
    ):
        thread.thread(world.desk.ref, actor=actor, direction="sideways")


@pytest.fixture
def story(world: World, act: Act) -> tuple[Report, Item]:
    """A report with an item that everybody may see."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        report = grow(Report, actor=actor, world=world, taken_from=None)
        item = grow(Item, actor=actor, world=world, report=report)
        return report, item


def browser(world: World, role: Role) -> Client:
    """A browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def test_the_api_gives_nodes_and_edges(world: World, story: tuple[Report, Item]) -> None:
    """`nodes` carry ref, kind and label, `edges` from, to and kind."""
    report, item = story
    answer = browser(world, Role.CHAIR).get(f"/api/v1/review/thread/{report.ref}?direction=forward")

    body = answer.json()
    assert answer.status_code == 200, body
    assert [(n["ref"], n["kind"], n["label"]) for n in body["nodes"]] == [
        (report.ref, "report", "words"),
        (item.ref, "item", "words"),
    ]
    assert body["edges"] == [{"from": report.ref, "to": item.ref, "kind": "contains"}]


def test_page_and_fragment_show_the_thread(world: World, story: tuple[Report, Item]) -> None:
    """The page says the same as its drawing, the fragment says it on one line; key T opens the page."""
    report, item = story
    client = browser(world, Role.CHAIR)
    page = client.get(f"/review/thread/{report.ref}")
    short = client.get(f"/review/thread/item/{item.pk}/short")

    assert page.status_code == 200
    assert item.ref in page.content.decode().split("json_script")[0]
    assert 'data-island="thread"' in page.content.decode()
    assert report.ref in short.content.decode()
    assert 'data-key="T"' in short.content.decode()


def test_hidden_absent_and_unknown_kinds_read_the_same(world: World, story: tuple[Report, Item]) -> None:
    """404 for each, with the same words."""
    client = browser(world, Role.CHAIR)
    report, _ = story
    answers = [
        client.get("/review/thread/R-2222-2222"),
        client.get(f"/review/thread/nonsense/{report.pk}/short"),
        client.get(f"/review/thread/item/{report.pk}/short"),
        client.get("/api/v1/review/thread/R-2222-2222"),
    ]

    assert [a.status_code for a in answers] == [404] * 4
    assert browser(world, Role.ADMINISTRATOR).get(f"/review/thread/{report.ref}").status_code == 403


def test_the_longest_chain_is_followed_and_then_said_to_go_on(
    world: World, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are said in words, never silent."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        rows = [grow(Priority, actor=actor, world=world, cascades_from=None) for _ in range(6)]
        for a, b in pairwise(rows):
            _draw(actor, {"from_id": a.pk, "to_id": b.pk, "from_kind": "priority", "to_kind": "priority"})
        monkeypatch.setattr(thread, "DEPTH", 3)
        deep = thread.thread(rows[0].ref, actor=actor)
        monkeypatch.setattr(thread, "MOST_EDGES", 2)
        wide = thread.thread(rows[0].ref, actor=actor)

    assert (len(deep.future), bool(deep.note)) == (3, True)
    assert "2" in wide.note


def test_the_words_of_a_release_are_for_its_readers(world: World, act: Act) -> None:
    """Cleared for the edition but not told: the thread says that there was a release, not why, nor what was thought."""
    reader, other = world.user(Role.PLAN_OWNER), world.user(Role.STRATEGIC_ANALYST)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        release = grow(Release, actor=actor, world=world, reason="For the raid on Friday")
        Recipient.objects.record(actor=actor, release=release, reader=reader)
        recall = grow(Recall, actor=actor, world=world, release=release, reason="The source lied")
    with act(reader, world.desk) as actor:
        grow(Rating, actor=actor, world=world, release=release, value="acted_on")
    told, pages = {}, {}
    for user in (reader, other, world.user(Role.CHAIR), world.user(Role.HEAD_OF_INTELLIGENCE)):
        with act(user, world.desk) as actor:
            found = thread.thread(release.ref, actor=actor)
            told[user] = {node.kind: node.label for node in found.nodes}
            pages[user] = next(node.url for node in found.nodes if node.kind == "release")

    assert told[other]["release"] == "Release"
    assert told[other]["recall"] == "Recall"
    assert told[other]["rating"] == "Rating"
    assert pages[other] == f"/review/thread/{release.ref}"
    assert pages[reader] == f"/dissemination/releases/{release.ref}"
    for user in (reader, world.user(Role.CHAIR), world.user(Role.HEAD_OF_INTELLIGENCE)):
        assert (told[user]["release"], told[user]["recall"]) == (release.reason, recall.reason)
        assert told[user]["rating"] == "acted_on"


def test_a_reply_is_read_by_its_reporter_and_by_who_grades(world: World, act: Act) -> None:
    """Somebody else who may see the report learns that it was answered, not what."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        report = grow(Report, actor=actor, world=world, taken_from=None)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        grow(Reply, actor=actor, world=world, report=report, text="It led to an arrest")
    told = {}
    for role in (Role.REPORTING_OFFICER, Role.INTELLIGENCE_OFFICER, Role.PLAN_OWNER):
        with act(world.user(role), world.desk) as actor:
            found = thread.thread(report.ref, actor=actor, direction="forward")
            told[role] = next(node.label for node in found.nodes if node.kind == "reply")

    assert told == {
        Role.REPORTING_OFFICER: "It led to an arrest",
        Role.INTELLIGENCE_OFFICER: "It led to an arrest",
        Role.PLAN_OWNER: "Reply",
    }
