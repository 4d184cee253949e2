"""Verbs of collation against a real database: what is recorded, refused and kept."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from openilp.collation import selectors, services
from openilp.collation.errors import (
    AlreadySettled,
    AlreadySuperseded,
    CategoryMissing,
    CollationError,
    LinkNotAllowed,
    NotAPerson,
    NotFurtherThanItsSource,
    PredicateMissing,
    PropertyNotAllowed,
    SameEntity,
)
from openilp.collation.models import Entity, Involvement, Settlement, Statement
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.collation.services import NewLink
from openilp.collection.models import Mention
from openilp.collection.rules import NewMention
from openilp.safeguards.errors import MissingLawfulness, NotAMember, NotPermitted
from openilp.safeguards.models import ThreadEdge
from openilp.safeguards.roles import Role
from tests.collation import scenes
from tests.factories import World, lawful

Act = Callable[..., Any]


@pytest.fixture
def officer(world: World) -> Any:
    """The intelligence officer's account."""
    return world.user(Role.INTELLIGENCE_OFFICER)


def test_a_statement_keeps_sentence_and_grade_of_its_item(world: World, act: Act, officer: Any) -> None:
    """Provenance down to the sentence, and the grade as it was at that moment [CLT-03]."""
    with act(officer, world.desk) as actor:
        item = scenes.item(actor, "Bat-Erdene drove the van.")
        first = scenes.grade(actor, item)
        row = scenes.person(actor, source=item)
        new = NewStatement("alias", "Bat-Erdene", span=(0, 10))
        said = services.record_statement(actor=actor, entity=row, new=new, item=item)

        assert (item.pk, first.pk, 0, 10) == (
            said.item_id,
            said.evaluation_id,
            said.sentence_start,
            said.sentence_end,
        )
        edges = set(ThreadEdge.objects.seen_by(actor).values_list("from_id", "to_id"))
        assert {(item.pk, said.pk), (said.pk, row.pk)} <= edges


def test_a_passage_outside_its_item_is_refused(world: World, act: Act, officer: Any) -> None:
    """A span that points nowhere proves nothing."""
    with act(officer, world.desk) as actor:
        item = scenes.item(actor, "Short.")
        row = scenes.person(actor, source=item)

        with pytest.raises(NotFurtherThanItsSource, match="select it again"):
            services.record_statement(
                actor=actor, entity=row, new=NewStatement("alias", "B", span=(3, 90)), item=item
            )


def test_a_person_without_category_is_refused(world: World, act: Act, officer: Any) -> None:
    """What is not categorised does not come in."""
    with act(officer, world.desk) as actor:
        for involvement in (None, NewInvolvement(""), NewInvolvement("UNK")):
            with pytest.raises(CategoryMissing):
                services.record_entity(
                    actor=actor,
                    kind="person",
                    statements=[NewStatement("name", "Somebody")],
                    involvement=involvement,
                    **lawful(),
                )
        assert not Entity.objects.seen_by(actor).exists()


@pytest.mark.parametrize("category", ["SUS", "PFC"])
def test_a_suspect_needs_the_facts(world: World, act: Act, officer: Any, category: str) -> None:
    """A predicate text before a person becomes a suspect [COL-05]."""
    with act(officer, world.desk) as actor:
        row = scenes.person(actor)

        with pytest.raises(PredicateMissing, match="facts"):
            services.involve_person(actor=actor, person=row, new=NewInvolvement(category, "  "), **lawful())
        made = services.involve_person(
            actor=actor, person=row, new=NewInvolvement(category, "Fled from the yard."), **lawful()
        )
        assert ("Fled from the yard.", world.desk.pk) == (made.predicate, made.matter_id)


def test_a_category_in_an_operation_is_seen_by_its_members_only(world: World, act: Act, officer: Any) -> None:
    """The category belongs to a matter; who may not know the matter learns nothing of it."""
    with act(officer, world.operation) as actor:
        row = scenes.person(actor, involvement=scenes.SUSPECT, label=actor.label(compartments=frozenset()))
        assert [c.row.category for c in selectors.categories_of([row.pk], actor=actor)] == ["SUS"]
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert selectors.entities(actor=actor).filter(pk=row.pk).exists()
        assert selectors.categories_of([row.pk], actor=actor) == []


def test_nobody_categorises_in_a_matter_of_others(world: World, act: Act) -> None:
    """A category needs a matter that the actor is a member of."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        row = scenes.person(actor)

        with pytest.raises(NotAMember):
            services.involve_person(
                actor=actor, person=row, new=NewInvolvement("WIT", matter=world.operation.pk), **lawful()
            )


def test_an_involvement_ends_and_stays_as_history(world: World, act: Act, officer: Any) -> None:
    """Categories a matter, dated, several at once; ended ones stand last [CLT-04]."""
    with act(officer, world.desk) as actor:
        row = scenes.person(actor)
        first = Involvement.objects.seen_by(actor).get()
        services.end_involvement(actor=actor, involvement=first, until=timezone.localdate())
        services.involve_person(actor=actor, person=row, new=NewInvolvement("CNT"), **lawful())

        found = selectors.categories_of([row.pk], actor=actor)
        assert [(c.row.category, c.row.until is not None) for c in found] == [("CNT", False), ("WIT", True)]
        with pytest.raises(CollationError, match="before"):
            services.end_involvement(
                actor=actor, involvement=found[0].row, until=timezone.localdate() - timedelta(days=3)
            )


@pytest.mark.parametrize("marking", ["child", "vulnerable", "victim", "privileged"])
def test_a_person_can_be_marked(world: World, act: Act, officer: Any, marking: str) -> None:
    """Markings child, vulnerable, victim, privileged, each with its reason [CLT-12]."""
    with act(officer, world.desk) as actor:
        row = scenes.person(actor)
        services.mark_entity(actor=actor, entity=row, marking=marking, reason="Passport seen.", **basis())

        assert [marking] == [m.marking for m in selectors.markings_of([row.pk], actor=actor)]
        with pytest.raises(CollationError, match="reason"):
            services.mark_entity(actor=actor, entity=row, marking=marking, reason=" ", **basis())
        with pytest.raises(NotAPerson):
            services.mark_entity(
                actor=actor, entity=scenes.vehicle(actor), marking=marking, reason="x", **basis()
            )


def basis() -> dict[str, Any]:
    """Return the legal basis alone."""
    return {"legal_basis": lawful()["legal_basis"]}


def test_a_superseded_statement_stays_and_no_longer_counts(world: World, act: Act, officer: Any) -> None:
    """Superseding rows instead of edits; two editors at once: the second is told [CLT-08]."""
    with act(officer, world.desk) as actor:
        row = scenes.person(actor)
        wrong = scenes.say(actor, row, "birth_date", "1978-04-12")
        new = NewStatement("birth_date", "1987-04-12")
        right = services.supersede_statement(actor=actor, statement=wrong, new=new)

        standing = selectors.statements_of([row.pk], actor=actor)
        assert right.pk in {s.pk for s in standing}
        assert wrong.pk not in {s.pk for s in standing}
        assert Statement.objects.seen_by(actor).filter(pk=wrong.pk).exists()
        assert wrong.review_on == right.review_on
        with pytest.raises(AlreadySuperseded, match="replaced meanwhile"):
            services.supersede_statement(actor=actor, statement=wrong, new=new)


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewStatement("plate", "4127 ABC"), PropertyNotAllowed),
        (NewStatement("birth_date", "12.04.1987"), CollationError),
        (NewStatement("birth_date", "1987-13"), CollationError),
        (NewStatement("name", "   "), CollationError),
        (NewStatement("name", "x" * 401), CollationError),
        (NewStatement("name", "nul\x00byte"), CollationError),
        (NewStatement("name", "A", kind="rumour"), CollationError),
        (
            NewStatement("name", "A", valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1)),
            CollationError,
        ),
    ],
)
def test_what_cannot_be_stated_is_refused_with_its_field(
    world: World, act: Act, officer: Any, new: NewStatement, error: type[CollationError]
) -> None:
    """Bad input names field and remedy, and nothing is written."""
    with act(officer, world.desk) as actor:
        row = scenes.person(actor)
        before = Statement.objects.seen_by(actor).count()

        with pytest.raises(error) as refused:
            services.record_statement(actor=actor, entity=row, new=new, **lawful())
        assert refused.value.field in ("property", "value", "kind", "valid_until")
        assert before == Statement.objects.seen_by(actor).count()


def test_a_statement_without_legal_basis_is_refused(world: World, act: Act, officer: Any) -> None:
    """No report behind it: then the legal basis must be given."""
    with act(officer, world.desk) as actor:
        row = scenes.person(actor)

        with pytest.raises(MissingLawfulness):
            services.record_statement(actor=actor, entity=row, new=NewStatement("alias", "Bata"))


def test_links_run_only_where_their_type_allows(world: World, act: Act, officer: Any) -> None:
    """Types, ends and confirmations come from the reference lists."""
    with act(officer, world.desk) as actor:
        him, car = scenes.person(actor), scenes.vehicle(actor)
        made = scenes.link(actor, him, car)

        assert made.confirmation == "probable"
        with pytest.raises(LinkNotAllowed, match="registered_to"):
            scenes.link(actor, car, him, "uses")
        with pytest.raises(SameEntity):
            scenes.link(actor, him, him, "met")
        with pytest.raises(CollationError, match="confirmed"):
            scenes.link(actor, him, car, confirmation="certain")


def test_a_link_keeps_type_dates_certainty_grade_and_source(world: World, act: Act, officer: Any) -> None:
    """A link is as good as what it rests on [CLT-02]."""
    with act(officer, world.desk) as actor:
        him, car, item = scenes.person(actor), scenes.vehicle(actor), scenes.item(actor)
        graded = scenes.grade(actor, item)
        new = NewLink("uses", "confirmed", valid_from=date(2026, 9, 1), valid_until=date(2026, 10, 1))
        services.link_entities(actor=actor, source=him, target=car, new=new, item=item)

        (found,) = selectors.relations_of([him.pk], actor=actor)
        assert ("uses", "confirmed", car.ref) == (found.row.type, found.row.confirmation, found.other.ref)
        assert (date(2026, 9, 1), date(2026, 10, 1)) == (found.row.valid_from, found.row.valid_until)
        assert (item.report_id, graded.pk) == (found.report and found.report.pk, found.row.evaluation_id)


def test_a_link_is_confirmed_by_a_superseding_row(world: World, act: Act, officer: Any) -> None:
    """The old line stays, the new one counts; the second editor is told."""
    with act(officer, world.desk) as actor:
        him, car = scenes.person(actor), scenes.vehicle(actor)
        old = scenes.link(actor, him, car, confirmation="unconfirmed")
        new = services.supersede_link(actor=actor, link=old, new=NewLink("uses", "confirmed"))

        assert [new.pk] == list(selectors.visible_links(actor=actor).values_list("pk", flat=True))
        with pytest.raises(AlreadySuperseded):
            services.supersede_link(actor=actor, link=old, new=NewLink("uses", "confirmed"))


def test_a_mention_becomes_a_statement_and_leaves_the_tray(world: World, act: Act, officer: Any) -> None:
    """Graded reports with unsettled mentions wait; a settled mention does not."""
    named = NewMention("person", "Bat-Erdene", "SUS", "He was seen at the wheel.")
    with act(officer, world.desk) as actor:
        item = scenes.item(actor, "The driver was Bat-Erdene.", [named])
        assert not selectors.in_tray(actor=actor).exists()
        scenes.grade(actor, item)
        assert [item.report_id] == [r.pk for r in selectors.in_tray(actor=actor)]
        mention = Mention.objects.seen_by(actor).get()
        said = services.settle_mention(actor=actor, mention=mention)

        assert (said.value, said.sentence_start, said.sentence_end) == ("Bat-Erdene", 15, 25)
        involved = Involvement.objects.seen_by(actor).get()
        assert ("SUS", said.entity_id, item.pk) == (involved.category, involved.person_id, involved.item_id)
        assert not selectors.in_tray(actor=actor).exists()
        with pytest.raises(AlreadySettled):
            services.settle_mention(actor=actor, mention=mention)


def test_a_mention_is_dismissed_only_with_a_reason(world: World, act: Act, officer: Any) -> None:
    """Nothing is recorded of it, and the row says why."""
    with act(officer, world.desk) as actor:
        item = scenes.item(actor, "A white van.", [NewMention("vehicle", "white van")])
        scenes.grade(actor, item)
        mention = Mention.objects.seen_by(actor).get()
        with pytest.raises(CollationError, match="reason"):
            services.dismiss_mention(actor=actor, mention=mention, reason="")
        services.dismiss_mention(actor=actor, mention=mention, reason="Too many such vans.")

        assert Settlement.objects.seen_by(actor).get().reason == "Too many such vans."
        assert not selectors.unsettled_mentions(actor=actor).exists()


def test_a_mentioned_person_settles_on_a_known_entity(world: World, act: Act, officer: Any) -> None:
    """A known person needs no second category; a vehicle is no person."""
    with act(officer, world.desk) as actor:
        him, car = scenes.person(actor), scenes.vehicle(actor)
        item = scenes.item(actor, "Bat-Erdene again.", [NewMention("person", "Bat-Erdene")])
        scenes.grade(actor, item)
        mention = Mention.objects.seen_by(actor).get()
        with pytest.raises(CollationError, match="choose one of its type"):
            services.settle_mention(actor=actor, mention=mention, entity=car)
        said = services.settle_mention(actor=actor, mention=mention, entity=him)

        assert him.pk == said.entity_id
        assert Involvement.objects.seen_by(actor).count() == 1


#: What the refused verbs are given: they must refuse before they look at it.
NOTHING: Any = None
REFUSED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "record_entity": lambda a, p, c: services.record_entity(
        actor=a, kind="vehicle", statements=[NewStatement("plate", "1")], **lawful()
    ),
    "record_statement": lambda a, p, c: scenes.say(a, p, "alias", "B"),
    "supersede_statement": lambda a, p, c: services.supersede_statement(
        actor=a, statement=NOTHING, new=NewStatement("alias", "B")
    ),
    "link_entities": lambda a, p, c: scenes.link(a, p, c),
    "supersede_link": lambda a, p, c: services.supersede_link(
        actor=a, link=NOTHING, new=NewLink("uses", "confirmed")
    ),
    "involve_person": lambda a, p, c: services.involve_person(
        actor=a, person=p, new=scenes.WITNESS, **lawful()
    ),
    "end_involvement": lambda a, p, c: services.end_involvement(
        actor=a, involvement=NOTHING, until=timezone.localdate()
    ),
    "mark_entity": lambda a, p, c: services.mark_entity(actor=a, entity=p, marking="child", reason="x"),
    "judge_identity": lambda a, p, c: scenes.judge(a, p, c),
    "settle_mention": lambda a, p, c: services.settle_mention(actor=a, mention=NOTHING),
    "dismiss_mention": lambda a, p, c: services.dismiss_mention(actor=a, mention=NOTHING, reason="x"),
    "categorise_entity": lambda a, p, c: services.categorise_entity(actor=a, entity=p),
}


@pytest.mark.parametrize("verb", sorted(REFUSED))
def test_who_does_not_collate_may_not_write(world: World, act: Act, officer: Any, verb: str) -> None:
    """Each verb is refused to a role outside intelligence."""
    with act(officer, world.desk) as actor:
        him, car = scenes.person(actor), scenes.vehicle(actor)
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor, pytest.raises(NotPermitted):
        REFUSED[verb](actor, him, car)


def test_each_write_is_noted_in_the_audit_event(world: World, officer: Any) -> None:
    """Who merged what is in the event of the block, as a combination."""
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    actor = actor_for(officer, purpose=world.desk.pk)
    with acting(actor, "test") as block:
        left, right = scenes.person(actor), scenes.person(actor, "B. Ganbold")
        made = scenes.judge(actor, left, right)

    last = block.event()["writes"][-1]
    assert last["action"] == "collation.judge_identity"
    assert last["operation"] == "combination"
    assert last["objects"] == {"identityjudgement": [str(made.pk)]}


def test_a_settled_mention_leaves_the_index_of_open_ones(world: World, act: Act) -> None:
    """Whoever sees the mention sees the settlement, so the narrow index lets go of it; the tray is empty."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        item = scenes.item(actor, mentions=[NewMention("vehicle", "4127 ӨҮА")])
        scenes.grade(actor, item)
        mention = Mention.objects.seen_by(actor).get(item=item)
        assert list(selectors.in_tray(actor=actor)) == [scenes.report_of(item, actor)]

        services.settle_mention(actor=actor, mention=mention)

        assert Mention.objects.seen_by(actor).get(pk=mention.pk).is_settled
        assert list(selectors.in_tray(actor=actor)) == []


def test_a_secret_settlement_does_not_show_on_its_mention(world: World, act: Act) -> None:
    """Settled inside an operation, a mention stays as it was for everybody else: in their tray, not marked."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        item = scenes.item(actor, mentions=[NewMention("vehicle", "4127 ӨҮА")])
        scenes.grade(actor, item)
        mention = Mention.objects.seen_by(actor).get(item=item)
        services.settle_mention(actor=actor, mention=mention, label=scenes.secret(world))

        assert list(selectors.in_tray(actor=actor)) == []
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as outside:
        assert not Mention.objects.seen_by(outside).get(pk=mention.pk).is_settled
        assert [row.pk for row in selectors.in_tray(actor=outside)] == [item.report_id]
