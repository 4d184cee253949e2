"""Entities and links of another system: the same key is the same entity; nothing is used before it is categorised."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openilp.collation.imports.entities import import_entities
from openilp.collation.imports.links import import_links
from openilp.collation.models import Entity, Link, Statement
from openilp.collation.rules import NewInvolvement
from openilp.collation.services import categorise_entity
from openilp.collection.imports.batches import Tally
from openilp.collection.imports.errors import ImportRefused
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.reports_csv import EVERYWHERE
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Level, State
from openilp.safeguards.models import RetentionClock
from openilp.safeguards.people import actor_for
from openilp.safeguards.relabelling import tighten_label
from openilp.safeguards.retention.handling import DEFAULT_RULE
from openilp.safeguards.roles import Role
from tests.collection.imports.files import csv_file
from tests.factories import World

PEOPLE = "record_no,type,name,born,sex,address,plate,make,colour,number,place_name,title"
LINKS = "from_record,to_record,relation,since,until,certainty"
PERSON = "P1,person,Dovan Orleck,1987-04-12,,,,,,,,"
CAR = "V1,car,,,,,AT·BCD 12-345,,white,,,"


@pytest.fixture
def actor(world: World) -> Any:
    """The officer who imports, for the desk."""
    return actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.desk.pk)


def entities(actor: Any, folder: Path, *lines: str) -> Any:
    """Import entities."""
    path = csv_file(folder, lines, "entities.csv", PEOPLE)
    with acting(actor, "test"):
        return import_entities(
            actor=actor, path=path, mapping=mapping("records-entities"), reasons=folder / "reasons.csv"
        )


def links(actor: Any, folder: Path, *lines: str) -> Any:
    """Import links."""
    path = csv_file(folder, lines, "links.csv", LINKS)
    with acting(actor, "test"):
        return import_links(
            actor=actor, path=path, mapping=mapping("records-links"), reasons=folder / "reasons.csv"
        )


def test_entities_come_in_as_quarantined_statements_of_their_batch(actor: Any, tmp_path: Path) -> None:
    """A filled cell is a statement with the batch as its source; nobody finds the person before the desk did."""
    assert Tally(new=2) == entities(actor, tmp_path, PERSON, CAR).tally

    with acting(actor, "test"):
        assert not Entity.objects.seen_by(actor).exists()
        held = Statement.objects.seen_by(actor, states=[State.QUARANTINED])
        said = {(s.property, s.value, s.item_id, s.batch_id is not None, s.kind) for s in held}
    assert {
        ("name", "Dovan Orleck", None, True, "third_party_claim"),
        ("birth_date", "1987-04-12", None, True, "third_party_claim"),
        ("plate", "AT·BCD 12-345", None, True, "third_party_claim"),
        ("colour", "white", None, True, "third_party_claim"),
    } == said


def test_a_known_entity_only_gets_what_is_new(actor: Any, tmp_path: Path) -> None:
    """The same key is the same entity, and the same words are said once."""
    entities(actor, tmp_path, PERSON)

    assert Tally(known=1) == entities(actor, tmp_path, PERSON).tally
    assert Tally(new=1) == entities(actor, tmp_path, PERSON.replace(",,,,,,,,", ",,Kiln Row 4,,,,,,")).tally
    with acting(actor, "test"):
        assert Entity.objects.seen_by(actor, states=EVERYWHERE).count() == 1
        assert Statement.objects.seen_by(actor, states=EVERYWHERE).count() == 3


def test_what_lies_inside_an_operation_is_not_known_outside(world: World, actor: Any, tmp_path: Path) -> None:
    """The same keys come in again for who is no member, as if nobody had ever sent them: neither known nor refused."""
    inside = actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.operation.pk)
    outside = actor_for(world.user(Role.LIAISON_OFFICER), purpose=world.desk.pk)
    line = "P1,V1,uses,2024-01-01,,sure"
    entities(inside, tmp_path, PERSON, CAR)
    links(inside, tmp_path, line)

    assert Tally(refused=1) == links(outside, tmp_path, line).tally
    assert Tally(new=2) == entities(outside, tmp_path, PERSON, CAR).tally
    assert Tally(new=1) == links(outside, tmp_path, line).tally
    assert Tally(known=2) == entities(inside, tmp_path, PERSON, CAR).tally


def test_a_link_inside_an_operation_joins_what_came_in_outside(
    world: World, actor: Any, tmp_path: Path
) -> None:
    """Who imports for an operation sees the desk's entities, and ties them in secret."""
    entities(actor, tmp_path, PERSON, CAR)
    inside = actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.operation.pk)

    assert Tally(new=1) == links(inside, tmp_path, "P1,V1,uses,2024-01-01,,sure").tally


def test_an_entity_that_was_put_out_of_sight_comes_in_again(world: World, actor: Any, tmp_path: Path) -> None:
    """The key is taken by a row that the importer does not see any more: it is as good as new to that account."""
    entities(actor, tmp_path, PERSON)
    head = actor_for(world.user(Role.HEAD_OF_INTELLIGENCE), purpose=world.desk.pk)
    with acting(head, "test"):
        for said in Statement.objects.seen_by(head, states=EVERYWHERE):
            label = replace(said.label, level=Level.CONFIDENTIAL)
            tighten_label(actor=head, row=said, label=label, reason="It names the region's source.")

    assert Tally(new=1) == entities(actor, tmp_path, PERSON).tally


def test_what_an_entity_cannot_be_is_refused_by_field(actor: Any, tmp_path: Path) -> None:
    """Unknown type, a property of another type, no day, nothing said."""
    done = entities(
        actor,
        tmp_path,
        "X1,ghost,A,,,,,,,,,",
        "X2,car,A name,,,,,,,,,",
        "X3,person,A,last spring,,,,,,,,",
        "X4,person,,,,,,,,,,",
        ",person,A,,,,,,,,,",
    )

    assert Tally(refused=5) == done.tally
    fields = [line.split(",")[2] for line in (tmp_path / "reasons.csv").read_text().splitlines()[1:]]
    assert fields == ["type", "property", "value", "key", "key"]


def test_links_join_what_was_imported_and_wait_with_it(actor: Any, tmp_path: Path) -> None:
    """A link is released when both its ends are out of quarantine."""
    entities(actor, tmp_path, PERSON, CAR)
    line = "P1,V1,uses,2024-01-01,,sure"
    assert Tally(new=1) == links(actor, tmp_path, line).tally
    assert Tally(known=1) == links(actor, tmp_path, line).tally

    with acting(actor, "test"):
        assert not Link.objects.seen_by(actor).exists()
        for entity in Entity.objects.seen_by(actor, states=EVERYWHERE).order_by("kind"):
            wanted = NewInvolvement("CNT") if entity.kind == "person" else None
            categorise_entity(actor=actor, entity=entity, involvement=wanted)
        (link,) = Link.objects.seen_by(actor)
        assert (link.type, link.confirmation) == ("uses", "confirmed")


def test_what_leaves_quarantine_is_kept_by_the_rule_of_what_it_is(actor: Any, tmp_path: Path) -> None:
    """Categorised, nothing is erased as uncategorised any more; when it is looked at again stays [LEG-04]."""
    entities(actor, tmp_path, PERSON, CAR)
    links(actor, tmp_path, "P1,V1,uses,2024-01-01,,sure")

    with acting(actor, "test"):
        before = clocks_of(actor)
        for entity in Entity.objects.seen_by(actor, states=EVERYWHERE).order_by("kind"):
            wanted = NewInvolvement("CNT") if entity.kind == "person" else None
            categorise_entity(actor=actor, entity=entity, involvement=wanted)
        after = clocks_of(actor)
    assert {rule for rule, _due in before.values()} == {"QUAR"}
    assert {rule for rule, _due in after.values()} == {DEFAULT_RULE}
    assert {key: due for key, (_rule, due) in before.items()} == {k: due for k, (_rule, due) in after.items()}


def clocks_of(actor: Any) -> dict[Any, tuple[str, Any]]:
    """Return rule and day of review of statements and links, by their keys."""
    rows = RetentionClock.objects.seen_by(actor, states=EVERYWHERE).filter(kind__in=["statement", "link"])
    return {row.record_id: (row.rule, row.due_on) for row in rows}


def test_links_without_ends_or_against_their_type_are_refused(actor: Any, tmp_path: Path) -> None:
    """Each with the field and what to do."""
    entities(actor, tmp_path, PERSON, CAR)
    done = links(
        actor,
        tmp_path,
        "P1,V9,uses,,,",
        "P1,P1,met,,,",
        "V1,P1,met,,,",
        "P1,V1,adores,,,",
        "P1,V1,uses,2024-02-01,2024-01-01,",
        "P1,V1,uses,spring,,",
        "P1,V1,uses,,,",
    )

    assert Tally(new=1, refused=6) == done.tally
    rows = [line.split(",")[0] for line in (tmp_path / "reasons.csv").read_text().splitlines()[1:]]
    assert rows == ["1", "2", "3", "4", "5", "6"]


def test_who_may_not_import_is_refused(world: World, tmp_path: Path) -> None:
    """An analyst works with what the desk let out."""
    other = actor_for(world.user(Role.OPERATIONAL_ANALYST), purpose=world.desk.pk)
    with pytest.raises(NotPermitted):
        entities(other, tmp_path, PERSON)
    with pytest.raises(NotPermitted):
        links(other, tmp_path, "P1,V1,uses,,,")


def test_broken_lines_are_refused_and_the_rest_comes_in(actor: Any, tmp_path: Path) -> None:
    """A line with too many cells, an open quote or no key is named in the reasons; nothing else is lost."""
    done = entities(
        actor, tmp_path, PERSON, "P2,person,Too,many,cells,,,,,,,,,,,", ",person,No Key,,,,,,,,,", CAR
    )

    assert Tally(new=2, refused=2) == done.tally
    reasons = (tmp_path / "reasons.csv").read_text(encoding="utf-8")
    assert len(reasons.strip().splitlines()) == 3
    assert links(actor, tmp_path, "P1,V1,uses,not a day,,", "P1,,uses,,,", "P1,V1,uses,,,").tally == Tally(
        new=1, refused=2
    )


def test_a_file_that_is_no_table_is_refused_whole(actor: Any, tmp_path: Path) -> None:
    """Another heading or bytes that are no text: one clear error, and nothing is written."""
    path = tmp_path / "other.csv"
    for content in (b"a,b\n1,2\n", b"\xff\xfe\x00\x01" * 40, b""):
        path.write_bytes(content)
        with acting(actor, "test"), pytest.raises(ImportRefused):
            import_entities(actor=actor, path=path, mapping=mapping("records-entities"))
    with acting(actor, "test"):
        assert not Entity.objects.seen_by(actor, states=EVERYWHERE).exists()


def test_a_formula_cell_is_kept_as_text_and_neutral_in_the_reasons(actor: Any, tmp_path: Path) -> None:
    """What begins like a formula is a name like any other; in the reasons file no spreadsheet runs it."""
    formula = "=HYPERLINK(1)"
    done = entities(actor, tmp_path, f"P1,person,{formula},,,,,,,,,", f"P2,{formula},Name,,,,,,,,,")

    assert Tally(new=1, refused=1) == done.tally
    with acting(actor, "test"):
        (row,) = Statement.objects.seen_by(actor, states=[State.QUARANTINED])
        assert row.value == formula
    refused = (tmp_path / "reasons.csv").read_text(encoding="utf-8").splitlines()[1]
    assert "=HYPERLINK" in refused
    assert f",{formula}" not in refused
