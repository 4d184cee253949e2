"""Who is one: judgements, clusters for one actor, un-merge, silent hidden candidates."""

from collections.abc import Callable
from typing import Any

import pytest

from openilp.collation import selectors
from openilp.collation.errors import (
    AlreadySuperseded,
    CollationError,
    JudgedDifferent,
    KindsDiffer,
    SameEntity,
)
from openilp.collation.models import Entity, IdentityJudgement
from openilp.safeguards.labels import Level
from openilp.safeguards.roles import Role
from tests.collation import scenes
from tests.factories import World

Act = Callable[..., Any]


@pytest.fixture
def officer(world: World) -> Any:
    """The intelligence officer's account."""
    return world.user(Role.INTELLIGENCE_OFFICER)


def test_an_entity_is_visible_only_through_a_visible_statement(world: World, act: Act, officer: Any) -> None:
    """An entity has no label of its own: the first open statement makes it known, with that content only."""
    outsider = world.user(Role.STRATEGIC_ANALYST)
    with act(officer, world.operation) as actor:
        row = scenes.person(actor, "Hidden Name", label=scenes.secret(world))
    with act(outsider, world.desk) as actor:
        assert not Entity.objects.seen_by(actor).filter(pk=row.pk).exists()
    with act(officer, world.operation) as actor:
        scenes.say(actor, row, "alias", "Open Alias", label=actor.label(compartments=frozenset()))
    with act(outsider, world.desk) as actor:
        seen = selectors.names_by_id([row.pk], actor=actor)[row.pk]
        assert (seen.label, seen.aliases) == ("Open Alias", ())
        assert [s.property for s in selectors.statements_of([row.pk], actor=actor)] == ["alias"]


def test_a_merge_shows_two_as_one_and_undoing_it_restores_both(world: World, act: Act, officer: Any) -> None:
    """Append-only: every merge can be undone, and the ids come back [CLT-05]."""
    with act(officer, world.desk) as actor:
        left, right = scenes.person(actor), scenes.person(actor, "Ganbold B.")
        before = {
            row.pk: [s.pk for s in selectors.statements_of([row.pk], actor=actor)] for row in (left, right)
        }
        merged = scenes.judge(actor, left, right)
        assert {left.pk, right.pk} == selectors.cluster_of(left, actor=actor)
        assert selectors.cluster_of(left, actor=actor) == selectors.cluster_of(right, actor=actor)

        scenes.judge(actor, right, left, "different", supersedes=merged)
        for row in (left, right):
            assert {row.pk} == selectors.cluster_of(row, actor=actor)
            assert before[row.pk] == [s.pk for s in selectors.statements_of([row.pk], actor=actor)]
        assert IdentityJudgement.objects.seen_by(actor).count() == 2


def test_a_chain_of_merges_is_one_cluster_and_falls_apart_at_its_link(
    world: World, act: Act, officer: Any
) -> None:
    """A = B and B = C make A, B, C one; undoing B = C leaves A, B."""
    with act(officer, world.desk) as actor:
        a, b, c = (scenes.person(actor, name) for name in ("Aa", "Bb", "Cc"))
        scenes.judge(actor, a, b)
        second = scenes.judge(actor, b, c)
        assert {a.pk, b.pk, c.pk} == selectors.cluster_of(c, actor=actor)
        scenes.judge(actor, b, c, "unsure", supersedes=second)

        assert {a.pk, b.pk} == selectors.cluster_of(a, actor=actor)
        assert {c.pk} == selectors.cluster_of(c, actor=actor)


def test_clusters_are_formed_from_the_judgements_that_the_actor_may_see(
    world: World, act: Act, officer: Any
) -> None:
    """A judgement that rests on hidden evidence merges nothing for who may not see it."""
    with act(officer, world.operation) as actor:
        left, right = scenes.person(actor), scenes.person(actor, "Ganbold B.")
        hidden = scenes.say(actor, right, "national_number", "AA 12", label=scenes.secret(world))
        name = selectors.statements_of([left.pk], actor=actor)[0]
        judgement = scenes.judge(actor, left, right, evidence=[name, hidden])
        assert judgement.label.covers(hidden.label)
        assert {left.pk, right.pk} == selectors.cluster_of(left, actor=actor)
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert {left.pk} == selectors.cluster_of(left, actor=actor)
        assert selectors.judgements_about([left.pk], actor=actor) == []
    with act(officer, world.operation) as actor:
        assert {left.pk, right.pk} == selectors.cluster_of(left, actor=actor)


def test_a_judgement_is_as_secret_as_its_evidence(world: World, act: Act) -> None:
    """Derived rows take the join: the highest level, all compartments, the earliest review."""
    head = world.user(Role.HEAD_OF_INTELLIGENCE)
    with act(head, world.operation) as actor:
        left = scenes.person(actor)
        right = scenes.person(actor, "G.", label=scenes.secret(world, Level.CONFIDENTIAL))
        made = scenes.judge(actor, left, right)

        assert (3, [world.operation.pk]) == (made.level, made.compartments)


def test_different_stays_different_until_somebody_says_why_not(world: World, act: Act, officer: Any) -> None:
    """A negative judgement blocks a later merge, also through a third record."""
    with act(officer, world.desk) as actor:
        a, b, c = (scenes.person(actor, name) for name in ("Aa", "Bb", "Cc"))
        apart = scenes.judge(actor, a, c, "different")
        with pytest.raises(JudgedDifferent, match=apart.ref):
            scenes.judge(actor, c, a)
        scenes.judge(actor, a, b)
        with pytest.raises(JudgedDifferent, match=apart.ref):
            scenes.judge(actor, b, c)

        scenes.judge(actor, a, c, "same", supersedes=apart)
        assert {a.pk, b.pk, c.pk} == selectors.cluster_of(b, actor=actor)


def test_bad_judgements_are_refused(world: World, act: Act, officer: Any) -> None:
    """One record, two types, no reason, unknown verdict, evidence of one side only, stale judgement."""
    with act(officer, world.desk) as actor:
        left, right, car = scenes.person(actor), scenes.person(actor, "G."), scenes.vehicle(actor)
        with pytest.raises(SameEntity):
            scenes.judge(actor, left, left)
        with pytest.raises(KindsDiffer):
            scenes.judge(actor, left, car)
        with pytest.raises(CollationError, match="use one of"):
            scenes.judge(actor, left, right, "maybe")
        mine = selectors.statements_of([left.pk], actor=actor)
        with pytest.raises(CollationError, match="each side"):
            scenes.judge(actor, left, right, evidence=mine)
        scenes.judge(actor, left, right, "unsure")
        with pytest.raises(AlreadySuperseded):
            scenes.judge(actor, left, right, "same")


def test_what_is_entered_twice_is_pointed_out(world: World, act: Act, officer: Any) -> None:
    """Duplicate warning on entry: across scripts, by name, plate and number, in alphabetical order."""
    with act(officer, world.desk) as actor:
        second = scenes.person(actor, "Ганболд Бат-Эрдэнэ")
        first = scenes.person(actor, "Bat-Erdene G.")
        scenes.person(actor, "Somebody Else")
        car = scenes.vehicle(actor, "4127 ӨҮА")

        found = selectors.duplicates_of_new("person", {"name": ["bat-erdene ganbold"]}, actor=actor)
        assert [first.ref, second.ref] == [c.entity.ref for c in found]
        by_plate = selectors.duplicates_of_new("vehicle", {"plate": ["4127oya"]}, actor=actor)
        assert [(car.ref, ("plate",))] == [(c.entity.ref, c.agreement.agrees) for c in by_plate]
        assert selectors.duplicates_of_new("person", {"name": ["Nobody Known"]}, actor=actor) == []


def test_a_hidden_candidate_yields_no_warning(world: World, act: Act, officer: Any) -> None:
    """On entry a hidden entity is as good as none: not by name, not by number, not after merging."""
    with act(officer, world.operation) as actor:
        hidden = scenes.secret(world)
        scenes.person(actor, "Bat-Erdene Ganbold", label=hidden)
        scenes.vehicle(actor, "4127 ӨҮА", label=hidden)
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert selectors.duplicates_of_new("person", {"name": ["Bat-Erdene Ganbold"]}, actor=actor) == []
        assert selectors.duplicates_of_new("vehicle", {"plate": ["4127 ӨҮА"]}, actor=actor) == []
        mine = scenes.person(actor, "Bat-Erdene Ganbold")
        assert selectors.candidates_for(mine, actor=actor) == []
        assert [mine.pk] == [e.pk for e in selectors.entities(actor=actor)]


def test_independent_sources_are_counted_without_copies(world: World, act: Act, officer: Any) -> None:
    """A copy of a report is no second source, and a false report is none at all."""
    from openilp.evaluation.models import Dispute, Duplicate

    with act(officer, world.desk) as actor:
        row = scenes.person(actor)
        items = [scenes.item(actor, f"Report {n}: he uses the number.") for n in range(4)]
        for item in items:
            scenes.say(actor, row, "occupation", "driver", item)
        reports = [scenes.report_of(item, actor) for item in items]
        Duplicate.objects.record(actor=actor, report=reports[1], original=reports[0])
        Dispute.objects.record(actor=actor, report=reports[2], is_false=True, reason="Made up.")

        said = selectors.statements_of([row.pk], actor=actor)
        group = next(
            g for g in selectors.grouped(said, kind="person", actor=actor) if g.property == "occupation"
        )
        (value,) = group.values
        assert (value.n_independent, value.n_statements) == (2, 4)
        assert ["", reports[0].ref, "", ""] == [line.copy_of for line in value.lines]
        assert [line.dispute for line in value.lines] == ["", "", "false", ""]


def test_values_that_cannot_both_be_true_are_a_conflict(world: World, act: Act, officer: Any) -> None:
    """Two birth dates contradict each other; a year and a day in it do not; two jobs do not."""
    with act(officer, world.desk) as actor:
        row = scenes.person(actor)
        scenes.say(actor, row, "birth_date", "1987")
        scenes.say(actor, row, "birth_date", "1987-04-12")
        scenes.say(actor, row, "occupation", "driver")
        scenes.say(actor, row, "occupation", "cook")
        assert not any(conflicts(row, actor).values())
        scenes.say(actor, row, "birth_date", "1978-04-12")

        assert {"birth_date"} == {about for about, is_so in conflicts(row, actor).items() if is_so}


def conflicts(row: Entity, actor: Any) -> dict[str, bool]:
    """Return which properties of an entity are in conflict."""
    said = selectors.statements_of([row.pk], actor=actor)
    return {g.property: g.is_conflict for g in selectors.grouped(said, kind=row.kind, actor=actor)}
