"""Records of processing and declared statistics."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from openilp.collation import services as collation
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.oversight.errors import OversightError
from openilp.oversight.models import StatisticIssue
from openilp.oversight.models.registers import REGISTER_READERS
from openilp.oversight.selectors import processing, statistics
from openilp.oversight.services.processing import Own, SupersededMeanwhile, keep_processing_entry
from openilp.oversight.services.statistics import TooSoon, issue_statistics
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Level
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act
from tests.factories import LEGAL_BASIS, World

OFFICER, AUTHORITY = Role.DATA_PROTECTION_OFFICER, Role.SUPERVISORY_AUTHORITY
OWN = Own("Altania Police", "1 Harbour Road, Altania", "dpo@police.example", "None.")


def visiting(world: World, role: Role) -> Client:
    """Return a browser with the account of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


def witness(world: World, act: Act, sex: str = "", born: str = "", *, level: Level = Level.INTERNAL) -> None:
    """Record a witness."""
    said = [NewStatement("name", "Tavel Orsk", "fact")]
    said += [NewStatement("sex", sex, "fact")] if sex else []
    said += [NewStatement("birth_date", born, "fact")] if born else []
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        collation.record_entity(
            actor=actor,
            kind="person",
            statements=said,
            involvement=NewInvolvement(category="WIT"),
            legal_basis=LEGAL_BASIS,
            label=replace(actor.label(), level=level),
        )


def issued(world: World, act: Act) -> StatisticIssue:
    """Issue the figures of today."""
    with act(world.user(OFFICER)) as actor:
        return issue_statistics(actor=actor)


def test_figures_count_all_that_is_held_and_leave_small_cells_out(world: World, act: Act) -> None:
    """Six women, one confidential, five men, two others, three of unknown sex: the last pair is left out [LEG-15]."""
    for number in range(6):
        witness(
            world, act, "female", "1990-05-01", level=Level.CONFIDENTIAL if number == 0 else Level.INTERNAL
        )
    for _ in range(5):
        witness(world, act, "M", "2010")
    for sex in ("other", "other", "", "", ""):
        witness(world, act, sex)

    row = issued(world, act)
    with act(world.user(AUTHORITY)) as actor:
        found = {each.code: each for each in statistics.tables(statistics.latest(actor=actor) or row)}

    assert set(found) == {"persons-by-sex", "persons-by-age", "releases-by-recipient"}
    by_sex = found["persons-by-sex"]
    assert by_sex.columns == ("female", "male", "other", "not recorded")
    assert [(line.name, line.cells, line.total) for line in by_sex.lines] == [
        ("Witness", (6, 5, None, None), 16)
    ]
    (by_age,) = found["persons-by-age"].lines
    # Eleven have an age, in 14 to 17 and 25 to 59; of five it is not recorded.
    assert (by_age.cells, by_age.total) == ((0, 5, 0, 6, 0, 5), 16)


def test_only_data_protection_counts_and_not_every_day(world: World, act: Act) -> None:
    """The database counts for nobody else; issued anew within four weeks, figures would tell of single people."""
    for _ in range(5):
        witness(world, act, "female")
    with act(world.user(AUTHORITY)) as actor:
        with pytest.raises(NotPermitted):
            issue_statistics(actor=actor)
        assert statistics.count(on=timezone.localdate(), actor=actor)["persons-by-sex"]["lines"] == []
    issued(world, act)

    with pytest.raises(TooSoon) as refused:
        issued(world, act)

    assert "from" in str(refused.value)
    later = timezone.now() + timedelta(days=28)
    with patch("django.utils.timezone.now", lambda: later):
        assert issued(world, act).on == timezone.localdate()


def test_figures_are_read_on_pages_as_a_file_and_over_http(world: World, act: Act) -> None:
    """The authority reads them; a cell that is left out is empty in the file and nothing over HTTP."""
    for _ in range(7):
        witness(world, act, "female")
    witness(world, act, "male")
    officer, authority = visiting(world, OFFICER), visiting(world, AUTHORITY)
    assert "No figures yet" in authority.get("/oversight/statistics").content.decode()

    assert officer.post("/oversight/statistics/issue").status_code == 302
    again = officer.post("/oversight/statistics/issue", follow=True)

    assert "issue new ones from" in again.content.decode()
    assert authority.post("/oversight/statistics/issue").status_code == 403
    page = authority.get("/oversight/statistics").content.decode()
    assert "left out" in page
    (listed,) = authority.get("/api/v1/oversight/statistics").json()["rows"]
    assert authority.get(f"/oversight/statistics/{listed['ref']}").status_code == 200
    text = authority.get(f"/oversight/statistics/{listed['ref']}/csv").content.decode()
    assert "persons-by-sex,Witness,female,\r\n" in text
    assert "persons-by-sex,Witness,together,8\r\n" in text
    shown = authority.get(f"/api/v1/oversight/statistics/{listed['ref']}").json()
    (line,) = next(each for each in shown["statistics"] if each["code"] == "persons-by-sex")["lines"]
    assert (line["cells"], line["total"]) == ([None, None, 0, 0], 8)
    assert officer.post("/api/v1/oversight/statistics").status_code == 409


def test_the_records_of_processing_say_what_the_system_knows(world: World, act: Act) -> None:
    """Bases, categories, time limits and recipients; the agency's own part beside them [LEG-11]."""
    with act(world.user(OFFICER)) as actor:
        keep_processing_entry(actor=actor, own=OWN)
        found = processing.record(actor=actor)

    assert {"POL-12", "POL-25"} <= {basis.code for basis in found.bases}
    assert {"SUS", "VIC", "WIT"} <= {category.code for category in found.categories}
    assert {"MINOR", "ACQ", "LED-REV"} <= {rule.code for rule in found.rules}
    assert found.own is not None
    assert (found.own.controller, found.counted_on) == ("Altania Police", None)


def test_the_agencys_part_is_superseded_and_never_changed(world: World, act: Act) -> None:
    """Who wrote on the basis of an older version is told; nothing is lost, and an empty part is refused."""
    with act(world.user(OFFICER)) as actor:
        first = keep_processing_entry(actor=actor, own=OWN)
        second = keep_processing_entry(actor=actor, own=OWN, supersedes=first.ref)
        for known in ("", first.ref):
            with pytest.raises(SupersededMeanwhile):
                keep_processing_entry(actor=actor, own=OWN, supersedes=known)
        with pytest.raises(OversightError) as refused:
            keep_processing_entry(actor=actor, own=Own("x", "x", "x", "  "), supersedes=second.ref)

        assert refused.value.field == "transfers"
        assert processing.present_entry(actor=actor) == second
        assert processing.entries(actor=actor).count() == 2


def test_records_of_processing_are_a_page_a_document_and_an_api(world: World) -> None:
    """The head of intelligence writes, the authority reads, an officer finds nothing."""
    head, authority = visiting(world, Role.HEAD_OF_INTELLIGENCE), visiting(world, AUTHORITY)
    typed: dict[str, Any] = dict(OWN.__dict__)
    assert "part is missing" in authority.get("/oversight/processing").content.decode()
    assert head.get("/oversight/processing/write").status_code == 200
    assert head.post("/oversight/processing/write", typed | {"transfers": ""}).status_code == 422

    assert head.post("/oversight/processing/write", typed).status_code == 302
    assert head.post("/oversight/processing/write", typed).status_code == 409

    assert "1 Harbour Road" in authority.get("/oversight/processing").content.decode()
    document = authority.get("/oversight/processing/document")
    assert document.content.startswith(b"%PDF")
    shown = authority.get("/api/v1/oversight/processing").json()
    assert shown["own"]["officer_contact"] == "dpo@police.example"
    assert (
        head.post("/api/v1/oversight/processing", typed, content_type="application/json").status_code == 409
    )
    body = typed | {"supersedes": shown["own"]["ref"]}
    assert head.post("/api/v1/oversight/processing", body, content_type="application/json").status_code == 201
    assert authority.post("/oversight/processing/write", typed).status_code == 403


@pytest.mark.parametrize("role", sorted(Role))
def test_the_registers_open_to_those_who_watch_and_keep_them(world: World, role: Role) -> None:
    """Nobody else, and the authority sees the desks of the registers [LEG-12]."""
    client = visiting(world, role)

    expected = 200 if role in REGISTER_READERS else 403
    assert client.get("/oversight/processing").status_code == expected
    assert client.get("/oversight/statistics").status_code == expected
    if role is AUTHORITY:
        home = client.get("/oversight/").content.decode()
        assert "Records of processing" in home
        assert "Review desk" not in home
