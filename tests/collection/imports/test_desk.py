"""The quarantine desk for reports, by page and API: read, categorise, refuse, and never two at once."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from openilp.collection.imports import quarantine
from openilp.collection.models import Mention, Report
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import Conflict
from openilp.safeguards.labels import State
from openilp.safeguards.models import ThreadEdge
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.collection.imports.test_reports import GOOD, take
from tests.factories import World

API = "/api/v1/collection/quarantine"
DESK = "/collection/quarantine/"
WITNESS = {"entity_type": "person", "text": "Dovan Orleck", "proposed_category": "WIT"}
SCRIPT = "<script>alert(1)</script>"


def browser(world: World, role: Role = Role.INTELLIGENCE_OFFICER) -> Client:
    """Return a browser of a role."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.fixture
def actor(world: World) -> Any:
    """The officer who imports, for the desk."""
    return actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.desk.pk)


@pytest.fixture
def held(actor: Any, tmp_path: Path) -> Report:
    """A report that was imported."""
    take(actor, tmp_path, GOOD)
    with acting(actor, "test"):
        (report,) = quarantine.quarantined_reports(actor=actor)
    return report


def filled(**more: Any) -> dict[str, Any]:
    """Return the form of the desk, filled in."""
    return {
        "mention_1": "Dovan Orleck",
        "type_1": "person",
        "category_1": "WIT",
        "provenance": "told",
        "legal_basis": "POL-12",
        **more,
    }


def test_the_desk_lists_reads_and_takes_over(world: World, actor: Any, held: Report) -> None:
    """A report of its own comes of it, with the category, how it is known, the law and the matter [COL-10]."""
    client = browser(world)
    assert held.ref in client.get(DESK).content.decode()
    assert "A van stood in the yard" in client.get(f"{DESK}{held.ref}").content.decode()

    answer = client.post(f"{DESK}{held.ref}", filled(provenance="document"))

    assert answer.status_code == 302, answer.content.decode()
    with acting(actor, "test"):
        taken = Report.objects.seen_by(actor).get()
        (mention,) = Mention.objects.seen_by(actor)
        assert ("document", "POL-12", actor.purpose) == (
            taken.provenance,
            taken.legal_basis,
            taken.purpose_id,
        )
        assert (mention.text, mention.proposed_category) == ("Dovan Orleck", "WIT")
        assert (held.pk, State.NORMAL) == (taken.taken_from_id, taken.label.state)
        was = Report.objects.seen_by(actor, states=[State.QUARANTINED]).get()
        assert (was.provenance, was.label.state) == ("told", State.QUARANTINED)
        edges = ThreadEdge.objects.seen_by(actor).filter(from_id=held.pk, to_id=taken.pk)
        assert [edge.kind for edge in edges] == ["taken over as"]
    assert "Nothing in quarantine" in client.get(DESK).content.decode()
    assert client.get(f"{DESK}{held.ref}").status_code == 404


def test_the_count_stands_at_the_room(world: World, held: Report) -> None:
    """The desk's people see on the room's page that something waits; others see no desk."""
    shown = browser(world).get("/collection/").content.decode()

    assert 'href="/collection/quarantine/"' in shown
    assert '<b class="num">1</b>' in shown
    assert DESK not in browser(world, Role.REPORTING_OFFICER).get("/collection/").content.decode()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"mention_1": ""}, "Say who is in the report"),
        ({"has_no_persons": "on"}, "Say who is in the report"),
        ({"category_1": ""}, "has no category; choose one such as"),
        ({"category_1": "SUS"}, "Write the facts, or choose another category"),
        ({"category_1": "ZZZ"}, "ZZZ is not one of"),
        ({"provenance": "hearsay"}, "hearsay is not one of"),
        ({"legal_basis": ""}, "This field is required"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    world: World, actor: Any, held: Report, more: dict[str, str], says: str
) -> None:
    """The form comes back as it was typed; the report stays where it is."""
    data = filled(**more)
    answer = browser(world).post(f"{DESK}{held.ref}", data)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    if data["mention_1"]:
        assert 'value="Dovan Orleck"' in answer.content.decode()
    with acting(actor, "test"):
        assert quarantine.quarantined_reports(actor=actor).count() == 1


def test_protected_wording_in_an_import_is_confirmed_or_stays(
    world: World, actor: Any, tmp_path: Path
) -> None:
    """Facts on belief or health come in by no side door [COL-06]."""
    take(actor, tmp_path, "R9,Note,He is a member of a trade union.,en,low,seen,,,,")
    with acting(actor, "test"):
        (held,) = quarantine.quarantined_reports(actor=actor)
    client = browser(world)
    asked = client.post(f"{DESK}{held.ref}", filled())
    assert asked.status_code == 422
    assert 'name="wording_confirmed"' in asked.content.decode()

    assert client.post(f"{DESK}{held.ref}", filled(wording_confirmed="on")).status_code == 302
    with acting(actor, "test"):
        assert Report.objects.seen_by(actor).get().necessary_wording


def test_a_refused_report_stays_out_with_its_reason(world: World, actor: Any, held: Report) -> None:
    """It is no longer on the desk, nobody can take it over, and the reason is shown as text."""
    client = browser(world)
    empty = client.post(f"{DESK}{held.ref}/refuse", {"reason": "  "})
    done = client.post(f"{DESK}{held.ref}/refuse", {"reason": f"Hearsay {SCRIPT}"})

    assert (empty.status_code, done.status_code) == (422, 302)
    assert "is refused; nobody uses it" in client.get(DESK).content.decode()
    assert held.ref not in client.get(DESK).content.decode()
    refused = client.get(f"{DESK}?state=refused").content.decode()
    assert held.ref in refused
    assert escape(SCRIPT) in refused
    assert SCRIPT not in refused
    assert client.post(f"{DESK}{held.ref}", filled()).status_code == 404
    with acting(actor, "test"):
        assert not Report.objects.seen_by(actor).exists()


def test_the_api_has_the_same_verbs(world: World, held: Report, actor: Any, tmp_path: Path) -> None:
    """List, read, categorise and refuse."""
    client = browser(world)
    take(actor, tmp_path, GOOD.replace("R1,", "R2,"))
    listed = client.get(f"{API}/reports").json()["rows"]
    first, second = (row["ref"] for row in listed)
    read = client.get(f"{API}/reports/{first}").json()
    bare = client.post(f"{API}/reports/{first}/categorise", {"mentions": []}, "application/json")
    taken = client.post(f"{API}/reports/{first}/categorise", {"mentions": [WITNESS]}, "application/json")
    refused = client.post(f"{API}/reports/{second}/refuse", {"reason": "Twice."}, "application/json")

    assert {"R1", "R2"} == {row["foreign_key"] for row in listed}
    assert [item["text"] for item in read["items"]] == ["A van stood in the yard, lights off."]
    assert (bare.status_code, bare.json()["field"]) == (422, "mentions")
    assert (taken.status_code, refused.status_code) == (201, 201)
    assert client.get(taken.json()["url"]).status_code == 200
    assert [(second, "Twice.")] == [
        (row["report"], row["reason"]) for row in client.get(f"{API}/refusals").json()["rows"]
    ]
    assert client.get(f"{API}/reports").json()["rows"] == []


def test_a_replayed_categorisation_makes_one_report(world: World, actor: Any, held: Report) -> None:
    """The same form sent twice with its key is done once."""
    client = browser(world)
    answers = [client.post(f"{DESK}{held.ref}", filled(idempotency_key="c-1")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    with acting(actor, "test"):
        assert Report.objects.seen_by(actor).count() == 1


def test_of_two_editors_at_once_the_second_is_told(
    actor: Any, held: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read the desk before either decided: the database lets one through, the other gets a conflict."""
    waiting = quarantine.quarantined_reports
    with acting(actor, "test"):
        quarantine.categorise_report(actor=actor, report=held, has_no_persons=True)
        monkeypatch.setattr(
            quarantine,
            "quarantined_reports",
            lambda *, actor: Report.objects.seen_by(actor, states=[State.QUARANTINED]),
        )
        with pytest.raises(Conflict, match="Somebody else has decided"):
            quarantine.categorise_report(actor=actor, report=held, has_no_persons=True)
        monkeypatch.setattr(quarantine, "quarantined_reports", waiting)

        assert Report.objects.seen_by(actor).count() == 1


def test_a_second_import_knows_what_was_taken_over(actor: Any, held: Report, tmp_path: Path) -> None:
    """Taken over or refused, the key in the other system is known."""
    with acting(actor, "test"):
        quarantine.categorise_report(actor=actor, report=held, has_no_persons=True)

    assert (take(actor, tmp_path, GOOD).tally.new, take(actor, tmp_path, GOOD).tally.known) == (0, 1)


@pytest.mark.parametrize("role", [Role.REPORTING_OFFICER, Role.OPERATIONAL_ANALYST, Role.ADMINISTRATOR])
def test_nobody_else_comes_to_the_desk(world: World, held: Report, role: Role) -> None:
    """Neither by page nor by API."""
    client = browser(world, role)

    assert client.get(DESK).status_code == 403
    assert client.get(f"{API}/reports").status_code == 403
    assert client.post(f"{DESK}{held.ref}", filled()).status_code == 403


def test_a_script_in_an_imported_or_typed_text_is_text(world: World, actor: Any, tmp_path: Path) -> None:
    """In title, text, place, key and what is typed at the desk: shown, never run."""
    line = ",".join([f"K{SCRIPT}", SCRIPT, f"Said {SCRIPT}", "en", "low", "seen", "", SCRIPT, "", ""])
    take(actor, tmp_path, line)
    with acting(actor, "test"):
        (held,) = quarantine.quarantined_reports(actor=actor)
    client = browser(world)
    pages = [
        client.get(DESK),
        client.get(f"{DESK}{held.ref}"),
        client.post(f"{DESK}{held.ref}", filled(mention_1=SCRIPT, category_1="")),
        client.post(f"{DESK}{held.ref}/refuse", {"reason": SCRIPT * 20}),
    ]
    taken = client.post(f"{DESK}{held.ref}", filled(mention_1=SCRIPT, predicate_1=SCRIPT))
    with acting(actor, "test"):
        report = Report.objects.seen_by(actor).get()
    pages.append(client.get(f"/collection/reports/{report.ref}"))

    assert taken.status_code == 302
    for page in pages:
        assert SCRIPT not in page.content.decode()
    assert escape(SCRIPT) in pages[-1].content.decode()
