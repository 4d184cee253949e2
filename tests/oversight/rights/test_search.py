"""Looking for everything that is held on a person: wide enough to find it, bound to an open request."""

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openilp.collation import services as collation
from openilp.collation.models import Entity
from openilp.collation.rules import NewInvolvement, NewStatement, romanise
from openilp.collection.rules import NewItem, NewMention
from openilp.oversight.errors import OversightError
from openilp.oversight.models import RightsFinding, RightsSearch
from openilp.oversight.models.reach import functions, held, words_of
from openilp.oversight.rules.rights import alternatives
from openilp.oversight.selectors import holdings as selectors
from openilp.oversight.services import holdings, rights
from openilp.safeguards import acting
from openilp.safeguards.labels import Level
from openilp.safeguards.records import ProtectedRecord
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import LEGAL_BASIS, World
from tests.oversight.making import person
from tests.oversight.rights.asking import KEEPER, judged, received, searched

OFFICER = Role.INTELLIGENCE_OFFICER
WITHDRAWN = "The person took the request back by telephone."


def said(text: str, *, mention: str = "") -> tuple[NewItem, ...]:
    """Return one item with a text."""
    mentions = [NewMention("person", mention, "WIT")] if mention else []
    return (NewItem(text, "fact", mentions),)


def kinds_found(rows: list[RightsFinding]) -> set[tuple[str, str]]:
    """Return kind and reference of findings."""
    return {(row.record_kind, row.record_ref) for row in rows}


def test_what_is_hidden_from_the_officer_is_found_all_the_same(world: World, act: Act) -> None:
    """In a matter that the officer is no member of, above the clearance: whatever names the person [LEG-08]."""
    row = person(world, act)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        entity = Entity.objects.seen_by(actor).get(pk=row.person_id).ref
        secret = hand_in(
            actor,
            items=said("Orsk, Tavel was seen at the yard."),
            label=actor.label(level=Level.CONFIDENTIAL),
        )
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        other = hand_in(actor, items=said("A white van left the yard."))
    found = searched(world, act, received(world, act))

    assert kinds_found(found) == {("entity", entity), ("report", secret.ref)}
    assert ("report", other.ref) not in kinds_found(found)
    with act(world.user(KEEPER), world.desk) as actor:
        assert not type(secret).objects.seen_by(actor).filter(pk=secret.pk).exists()


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Тавел Орск стоял у склада.", "Tavel Orsk"),
        ("Говорили с Тавелом Орском у склада.", "Tavel Orsk"),
        ("Tavel Orsk stood at the yard.", "Тавел Орск"),
        ("ORSK TAVEL, son of Ivan", "Tavel Ivanovich Orsk"),
        ("He called +375 29 123-45-67 twice.", "375291234567"),
        ("The car AB 123-45 was his.", "AB12345"),
        ("Ёлкин Пётр came late.", "Елкин Петр"),
    ],
)
def test_a_name_is_found_in_any_script_case_and_order(
    world: World, act: Act, written: str, asked: str
) -> None:
    """Declined, transliterated, with the surname first, with a patronymic, with or without blanks in a number."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor, items=said(written))

    assert kinds_found(searched(world, act, received(world, act), asked)) == {("report", report.ref)}


def test_a_human_says_who_is_the_person_and_finds_what_hangs_on_it(world: World, act: Act) -> None:
    """One Orsk is not every Orsk: until somebody says so, nothing is about the person [LEG-08]."""
    row = person(world, act)
    request = received(world, act)
    (entity,) = searched(world, act, request)
    assert entity.record_kind == "entity"

    found = judged(world, act, request)
    with act(world.user(KEEPER), world.desk) as actor:
        listed = {one.row.record_kind: one for one in selectors.findings(request, actor=actor)}

    assert {one.record_kind for one in found} == {"entity", "statement", "involvement"}
    assert all(one.is_same for one in listed.values())
    assert listed["involvement"].row.record_ref == row.ref
    assert "Tavel Orsk" in listed["entity"].content.text


def test_each_look_up_is_kept_and_logged_with_what_it_handed_out(world: World, act: Act) -> None:
    """The register shows the words, the log the records; the words are sealed in the log [LEG-08]."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor, items=said("Tavel Orsk stood there."))
    request = received(world, act)
    searched(world, act, request)

    with act(world.user(KEEPER), world.desk) as actor:
        (row,) = selectors.searches_of(request, actor=actor)
        assert (row.words, row.found, row.is_cut) == (["Tavel Orsk"], 1, False)
        block = acting.require("a test")
        (finding,) = selectors.rows_of(request, actor=actor)
        selectors.contents(request, [finding], actor=actor)
        assert block.opened["report"] == {str(report.pk)}


def test_the_door_opens_to_no_request_that_is_closed_or_a_colleagues(world: World, act: Act) -> None:
    """Not even for whoever calls the functions of the database by hand [LEG-08]."""
    with act(world.user(OFFICER), world.desk) as actor:
        hand_in(actor, items=said("Tavel Orsk stood there."))
    request = received(world, act)
    (finding,) = searched(world, act, request)
    with act(world.user(KEEPER), world.desk) as actor:
        search = RightsSearch.objects.seen_by(actor).get()
        rights.withdraw_request(actor=actor, request=request, reason=WITHDRAWN)
        _refused("SELECT * FROM openilp_rights_search(%s, 10)", [search.pk])
        _refused("SELECT * FROM openilp_rights_read(%s, %s::uuid[])", [request.pk, [finding.pk]])
    again = received(world, act)
    with act(world.user(OFFICER), world.desk) as actor:
        _refused("SELECT * FROM openilp_rights_read(%s, %s::uuid[])", [again.pk, [finding.pk]])
    with act(world.user(KEEPER), world.desk) as actor, connection.cursor() as cursor:
        # A finding of another request is not handed out through this one.
        cursor.execute("SELECT * FROM openilp_rights_read(%s, %s::uuid[])", [again.pk, [finding.pk]])
        assert cursor.fetchall() == []


def _refused(sql: str, values: list[Any]) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_source_is_never_found(world: World, act: Act) -> None:
    """The door knows no table of the corridor: a search for a source's name answers as for a name that nobody bears."""
    assert not [model for model in held() if model._meta.app_label == "corridor"]
    assert "corridor" not in "".join(functions())


def test_every_protected_table_is_searched(world: World) -> None:
    """A table that is added tomorrow is searched tomorrow; those of the desk itself are not."""
    from django.apps import apps

    from openilp.oversight.models.rights import RightsRecord

    protected = {
        m for m in apps.get_models() if issubclass(m, ProtectedRecord) and not issubclass(m, RightsRecord)
    }
    assert set(held()) == protected
    assert {"title", "text", "place"} <= set(words_of(next(m for m in held() if m.__name__ == "Report")))


_WORDS = st.text(
    alphabet="abcdefghijklmnopqrstuvwxyzABCYZ абвгдеёжзийклмнопрстуфхцчшщъыьэюяөүІіЇїЄєђљњџĐß'-0123456789éüžć",
    max_size=60,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_WORDS)
def test_the_database_folds_as_the_search_everywhere_else(db: None, text: str) -> None:
    """Naive twin: the function of the database equals `romanise.folded`, letter by letter, with ё as е."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_rights_fold(%s)", [text])
        (folded,) = cursor.fetchone()

    wanted = romanise.folded(unicodedata.normalize("NFC", text).replace("ё", "е").replace("Ё", "Е"))
    assert folded == f" {wanted} |{wanted.replace(' ', '')}"


@settings(max_examples=100)
@given(st.lists(st.text(alphabet="abcdefgh", min_size=2, max_size=8), min_size=1, max_size=4))
def test_a_name_is_always_found_in_a_text_that_holds_it(parts: list[str]) -> None:
    """Whatever the order of its parts."""
    name = " ".join(parts)
    if sum(map(len, parts)) < 3 or not romanise.folded(name):
        return
    text = f" {romanise.folded(' '.join(reversed(parts)))} "
    try:
        found = alternatives([name])
    except OversightError:
        return

    assert any(all(part in text for part in each) for each in found)


def test_a_look_up_for_two_letters_is_refused(world: World, act: Act) -> None:
    """Or everybody would be found."""
    row = received(world, act)
    with act(world.user(KEEPER), world.desk) as actor, pytest.raises(OversightError, match="too short"):
        holdings.search_for_person(actor=actor, request=row, words=["Or"])


def test_quarantined_and_restricted_rows_are_found(world: World, act: Act) -> None:
    """What nobody may use is held all the same."""
    with act(world.user(OFFICER), world.desk) as actor:
        entity = collation.record_entity(
            actor=actor,
            kind="person",
            statements=[NewStatement("name", "Tavel Orsk", "fact")],
            involvement=NewInvolvement(category="WIT"),
            label=replace(actor.label(), state="quarantined"),
            legal_basis=LEGAL_BASIS,
        )

    assert ("entity", entity.ref) in kinds_found(searched(world, act, received(world, act)))
