"""Search across scripts and structures, saved searches and their alerts, the quarantine desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openilp.collation import selectors, services
from openilp.collation.errors import CategoryMissing, CollationError, SearchHasNothing
from openilp.collation.models import Entity, Link, SavedSearch, Statement
from openilp.collation.rules import NewInvolvement
from openilp.collation.selectors import Filters
from openilp.collation.tasks import alert_saved_searches, defer_for_owners
from openilp.safeguards.errors import NotAMember, RecordNotFound
from openilp.safeguards.labels import Label, Level, State
from openilp.safeguards.models import Membership, Notice
from openilp.safeguards.roles import CONTENT, Role
from tests.collation import scenes
from tests.factories import LEGAL_BASIS, World

Act = Callable[..., Any]


@pytest.fixture
def officer(world: World) -> Any:
    """The intelligence officer's account."""
    return world.user(Role.INTELLIGENCE_OFFICER)


def found(query: str, actor: Any, **filters: Any) -> dict[str, list[str]]:
    """Return the references found, by kind."""
    groups = selectors.search(query, actor=actor, filters=Filters(**filters))
    return {group.kind: [hit.ref for hit in group.hits] for group in groups}


@pytest.mark.parametrize(
    "query",
    ["Bat-Erdene", "бат-эрдэнэ", "БАТ-ЭРДЭНЭ ГАНБОЛД", "ganbold bat-erdene", "erdene", "анбол"],
)
def test_a_name_is_found_in_any_script_order_and_part(
    world: World, act: Act, officer: Any, query: str
) -> None:
    """Names are searched across scripts [CLT-06]."""
    with act(officer, world.desk) as actor:
        him = scenes.person(actor, "Бат-Эрдэнэ Ганболд")
        scenes.person(actor, "Somebody Else")

        assert {"entity": [him.ref]} == found(query, actor)


def test_plates_numbers_reports_items_and_references_are_found(world: World, act: Act, officer: Any) -> None:
    """One field for everything: a plate however typed, a part of a number, words of a report, a reference."""
    with act(officer, world.desk) as actor:
        car, number = scenes.vehicle(actor, "4127 ӨҮА"), scenes.phone(actor)
        item = scenes.item(actor, "A lorry unloaded crates at the quay.")
        report = scenes.report_of(item, actor)

        assert {"entity": [car.ref]} == found("4127oya", actor)
        assert {"entity": [number.ref]} == found("5550 0142", actor)
        assert {"report": [report.ref], "item": [item.ref]} == found("crates quay", actor)
        assert {"entity": [car.ref]} == found(car.ref.lower(), actor)
        assert {"report": [report.ref]} == found(report.ref, actor)
        assert {"item": [item.ref]} == found(item.ref, actor)
        assert found("R-2222-2222", actor) == {}
        assert found("", actor) == {}


def test_a_search_is_narrowed_by_type_property_date_and_matter(world: World, act: Act, officer: Any) -> None:
    """Structured search."""
    with act(officer, world.desk) as actor:
        him = scenes.person(actor, "Lantern")
        car = scenes.vehicle(actor, "LANTERN 1")
        scenes.say(actor, him, "occupation", "driver")
        today = timezone.localdate()

        assert {"entity": [him.ref]} == found("lantern", actor, entity_kind="person")
        assert {"entity": [car.ref]} == found("", actor, entity_kind="vehicle")
        assert {"entity": [him.ref]} == found("driver", actor, property="occupation")
        assert found("driver", actor, property="alias") == {}
        assert found("lantern", actor, since=today + timedelta(days=1)) == {}
        assert {him.ref, car.ref} == set(found("lantern", actor, until=today)["entity"])
        assert found("lantern", actor, matter=world.operation.pk) == {}
        assert {him.ref, car.ref} == set(found("lantern", actor, matter=world.desk.pk)["entity"])


def test_a_search_finds_nothing_that_is_hidden(world: World, act: Act, officer: Any) -> None:
    """Neither by word, part, structure nor reference; and a hidden statement does not lead to a known entity."""
    with act(officer, world.operation) as actor:
        label = scenes.secret(world)
        him = scenes.person(actor, "Zaya Known", label=actor.label(compartments=frozenset()))
        scenes.say(actor, him, "alias", "Underground", label=label)
        hidden = scenes.person(actor, "Zaya Hidden", label=label)
        item = scenes.item(actor, "Crates in the cellar.", label=label)
        assert {him.ref, hidden.ref} == set(found("zaya", actor)["entity"])
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert {"entity": [him.ref]} == found("zaya", actor)
        for query in ("underground", "ndergroun", "crates", hidden.ref, item.ref):
            assert found(query, actor) == {}, query
        assert {"entity": [him.ref]} == found("", actor, entity_kind="person")


def test_filters_that_are_none_are_refused(db: None) -> None:
    """Unknown codes and days name their field."""
    for kept, field in (
        ({"entity_kind": "ghost"}, "entity_kind"),
        ({"property": "shoe_size"}, "property"),
        ({"since": "yesterday"}, "since"),
        ({"matter": "M-1"}, "matter"),
        ({"kind": "ghost"}, "kind"),
    ):
        with pytest.raises(CollationError) as refused:
            Filters.from_json(kept)
        assert field == refused.value.field


def save(actor: Any, query: str = "lantern", **more: Any) -> SavedSearch:
    """Keep a search."""
    values: dict[str, Any] = {
        "title": "Watch",
        "filters": Filters(),
        "reason": "Series of thefts",
        "expires_on": timezone.localdate() + timedelta(days=30),
        "legal_basis": LEGAL_BASIS,
    }
    return services.save_search(actor=actor, query=query, **values | more)


def test_a_saved_search_has_owner_reason_and_end(world: World, act: Act, officer: Any) -> None:
    """Without words, reason or an end within a year it is refused; others do not see it; it can be ended."""
    today = timezone.localdate()
    with act(officer, world.desk) as actor:
        for wrong in (
            {"reason": " "},
            {"title": ""},
            {"expires_on": today},
            {"expires_on": today + timedelta(days=400)},
        ):
            with pytest.raises(CollationError):
                save(actor, **wrong)
        with pytest.raises(SearchHasNothing):
            save(actor, "  ")
        kept = save(actor)
        assert [kept.pk] == [s.pk for s in selectors.saved_searches(actor=actor)]
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor, pytest.raises(RecordNotFound):
        selectors.saved_search(kept.ref, actor=actor)
    with act(officer, world.desk) as actor:
        services.end_search(actor=actor, saved=kept)
        assert not selectors.saved_searches(actor=actor).exists()


def test_the_job_tells_the_owner_once_and_by_id_only(world: World, act: Act, officer: Any) -> None:
    """New hits since the last word are told; nothing new, nothing said; the notice holds no content."""
    owner = world.user(Role.OPERATIONAL_ANALYST)
    with act(owner, world.desk) as actor:
        kept = save(actor)
    run = (str(owner.pk), str(world.desk.pk))
    assert alert_saved_searches(*run) == 0
    with act(officer, world.operation) as actor:
        scenes.person(actor, "Lantern Seen")

    assert alert_saved_searches(*run) == 1
    assert alert_saved_searches(*run) == 0
    with act(owner, world.desk) as actor:
        (notice,) = Notice.objects.seen_by(actor)
        assert ("saved_search_hit", kept.ref) == (notice.kind, notice.ref)
        assert "antern" not in notice.url


def test_the_job_runs_under_the_owner_as_he_is_now(world: World, act: Act, officer: Any) -> None:
    """What the owner may not see alerts nobody, and who has left the matter gets nothing at all."""
    owner = world.user(Role.STRATEGIC_ANALYST)
    with act(owner, world.desk) as actor:
        save(actor)
    with act(officer, world.operation) as actor:
        scenes.person(actor, "Lantern Hidden", label=scenes.secret(world))

    assert alert_saved_searches(str(owner.pk), str(world.desk.pk)) == 0
    Membership.objects.filter(user=owner).update(until=timezone.now())
    with pytest.raises(NotAMember):
        alert_saved_searches(str(owner.pk), str(world.desk.pk))


def test_each_owner_gets_a_job_for_each_matter(world: World) -> None:
    """No system actor: one job an account and matter; who has no content has none."""
    expected = Membership.objects.filter(user__in=[world.user(role) for role in CONTENT]).count()

    assert expected == defer_for_owners()


def imported(actor: Any, kind: str = "person", name: str = "Imported Man") -> Entity:
    """Write an entity as an import leaves it: in quarantine."""
    label = Label(Level.INTERNAL, frozenset(), actor.unit_id, state=State.QUARANTINED)
    row: Entity = Entity.objects.record(actor=actor, kind=kind)
    Statement.objects.record(
        actor=actor,
        entity=row,
        property="name" if kind == "person" else "plate",
        value=name,
        value_key=name.lower(),
        kind="third_party_claim",
        label=label,
        legal_basis=LEGAL_BASIS,
    )
    return row


def test_what_is_in_quarantine_is_not_found_until_it_is_categorised(
    world: World, act: Act, officer: Any
) -> None:
    """Imports without a category cannot be searched, linked or drawn; the desk takes them out one by one."""
    with act(officer, world.desk) as actor:
        him, car = imported(actor), imported(actor, "vehicle", "4127 AAA")
        Link.objects.record(
            actor=actor,
            source=him,
            target=car,
            type="uses",
            confirmation="unconfirmed",
            kind="third_party_claim",
            label=Label(Level.INTERNAL, frozenset(), actor.unit_id, state=State.QUARANTINED),
            legal_basis=LEGAL_BASIS,
        )
        assert found("imported", actor) == {}
        assert not selectors.entities(actor=actor).exists()
        assert {him.pk, car.pk} == {e.pk for e in selectors.quarantined_entities(actor=actor)}
        with pytest.raises(CategoryMissing):
            services.categorise_entity(actor=actor, entity=him, involvement=NewInvolvement("UNK"))
        services.categorise_entity(actor=actor, entity=him, involvement=scenes.WITNESS)
        assert {"entity": [him.ref]} == found("imported", actor)
        assert selectors.preview(him, actor=actor) == {}
        services.categorise_entity(actor=actor, entity=car)

        assert selectors.preview(him, actor=actor) == {"vehicle": 1}
        assert [c.row.category for c in selectors.categories_of([him.pk], actor=actor)] == ["WIT"]
        assert not selectors.quarantined_entities(actor=actor).exists()
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        assert {"entity": [him.ref]} == found("imported", actor)
