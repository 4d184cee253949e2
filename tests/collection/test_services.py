"""Verbs of entry: what a report carries, who is alerted, which words warn, what is refused."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from openilp import reference
from openilp.collection import places, selectors, services, wording
from openilp.collection.errors import (
    AlreadyAttached,
    CollectionError,
    NoItems,
    NotTheReporter,
    PredicateMissing,
    WordingToConfirm,
)
from openilp.collection.models import Item, Report
from openilp.collection.rules import NewItem, NewMention, NewReport, matching
from openilp.direction.services import raise_requirement
from openilp.safeguards.errors import MissingLawfulness, NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Notice, ThreadEdge
from openilp.safeguards.people import make_account
from openilp.safeguards.roles import Role
from tests.factories import LEGAL_BASIS, PASSWORD, World, lawful

Act = Callable[..., Any]
NEW = NewReport(
    items=[
        NewItem("A white van left the yard.", "fact", [NewMention("vehicle", "white van")]),
        NewItem("The driver is said to sell tools.", "third_party_claim"),
    ],
    urgency="low",
    provenance="seen",
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def submit(actor: Any, new: NewReport = NEW, **more: Any) -> Report:
    """Hand in a report."""
    return services.submit_report(actor=actor, new=new, **{"legal_basis": LEGAL_BASIS, **more})


def ask(actor: Any, question: str = "Who sells the stolen tools at the yard?") -> Any:
    """Raise a requirement."""
    return raise_requirement(
        actor=actor,
        question=question,
        why="To choose.",
        due_on=timezone.localdate() + timedelta(days=9),
        urgency="medium",
        **lawful(),
    )


def test_a_report_keeps_each_item_where_it_stands_in_the_text(world: World, act: Act) -> None:
    """[COL-02] One piece of information an item; each knows its place in the text as received."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        row = submit(actor)
        items = selectors.items_of(row, actor=actor)

        assert [row.text[i.sentence_start : i.sentence_end] for i in items] == [i.text for i in items]
        assert [m.text for m in selectors.mentions_of(items, actor=actor)] == ["white van"]
        assert row.title == "A white van left the yard."


@pytest.mark.parametrize("basis", ["", "XX-1"])
def test_without_a_legal_basis_in_force_nothing_comes_in(world: World, act: Act, basis: str) -> None:
    """[COL-04] Purpose and legal basis are asked for at entry."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        with pytest.raises(MissingLawfulness, match="POL-12") as refused:
            submit(actor, legal_basis=basis)

        assert refused.value.field == "legal_basis"
        assert not Report.objects.seen_by(actor).exists()


@pytest.mark.parametrize("category", ["SUS", "PFC"])
def test_nobody_is_proposed_as_suspect_without_facts(world: World, act: Act, category: str) -> None:
    """[COL-05] The grounds are written down before a person enters as subject."""
    bare = NewMention("person", "Bold", category)
    grounded = replace(bare, predicate="Seen carrying the tools out of the yard.")
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        with pytest.raises(PredicateMissing, match="Bold"):
            submit(actor, replace(NEW, items=[NewItem("x", "fact", [bare])]))
        row = submit(actor, replace(NEW, items=[NewItem("x", "fact", [grounded])]))
        items = selectors.items_of(row, actor=actor)

        assert [m.predicate for m in selectors.mentions_of(items, actor=actor)] == [grounded.predicate]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"urgency": "soonish"}, "urgency"),
        ({"provenance": "rumour"}, "provenance"),
        ({"language": "xx"}, "language"),
        ({"items": [NewItem("x", "gossip")]}, "kind"),
        ({"items": [NewItem("x", "fact", [NewMention("ghost", "x")])]}, "entity_type"),
        ({"items": [NewItem("x", "fact", [NewMention("person", "x", "KING")])]}, "proposed_category"),
        ({"items": [NewItem("x", "fact", [NewMention("person", "  ")])]}, "mention"),
        ({"items": [NewItem("a\x00b", "fact")]}, "items"),
        ({"title": "x" * 161}, "title"),
        ({"place": "x" * 161}, "place"),
        ({"longitude": 1.0}, "place"),
        ({"longitude": 181.0, "latitude": 0.0}, "place"),
        ({"observed_at": timezone.now() + timedelta(days=1)}, "observed_at"),
    ],
)
def test_a_fault_is_refused_by_field(world: World, act: Act, change: dict[str, Any], field: str) -> None:
    """Bad input names the field, and nothing is written."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        with pytest.raises(CollectionError) as refused:
            submit(actor, replace(NEW, **change))

        assert refused.value.field == field
        assert not Item.objects.seen_by(actor).exists()


def test_a_report_without_an_item_is_none(world: World, act: Act) -> None:
    """There must be something to grade."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor, pytest.raises(NoItems):
        submit(actor, replace(NEW, items=[]))


def test_a_spreadsheet_formula_is_kept_as_the_text_that_it_is(world: World, act: Act) -> None:
    """Nothing is evaluated or changed at entry; exports neutralise it."""
    formula = '=HYPERLINK("http://x","y")'
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        row = submit(actor, replace(NEW, items=[NewItem(formula, "fact")]))

        assert selectors.items_of(row, actor=actor)[0].text == formula


def test_who_sees_no_content_hands_in_no_report(world: World, act: Act) -> None:
    """Not permitted, and not written."""
    for role in (Role.ADMINISTRATOR, Role.OVERSIGHT):
        with act(world.user(role), world.desk) as actor, pytest.raises(NotPermitted):
            submit(actor)


def told(world: World, act: Act, user: Any) -> list[tuple[str, str, bool]]:
    """Return what an account was told of urgent reports."""
    with act(user, world.desk) as actor:
        found = Notice.objects.seen_by(actor).filter(kind="urgent_report")
        return [(n.ref, n.url, n.is_urgent) for n in found]


def test_high_urgency_alerts_the_evaluators_above_and_the_head(world: World, act: Act) -> None:
    """The officer's district has no evaluator, so those of its region are told; a low one alerts nobody."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        submit(actor)
        row = submit(actor, replace(NEW, urgency="high"))
    wanted = [(row.ref, f"/evaluation/reports/{row.ref}", True)]

    assert told(world, act, world.user(Role.INTELLIGENCE_OFFICER)) == wanted
    assert told(world, act, world.user(Role.HEAD_OF_INTELLIGENCE)) == wanted
    assert told(world, act, world.user(Role.STRATEGIC_ANALYST)) == []


def test_the_evaluators_of_the_own_unit_are_alerted_first(world: World, act: Act) -> None:
    """Those nearby know the place."""
    near = make_account(
        username="near",
        full_name="Near Evaluator",
        unit=world.district,
        roles=[Role.INTELLIGENCE_OFFICER],
        clearance=2,
        password=PASSWORD,
    )
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        found = selectors.duty_officers(actor.label(), actor=actor)

    assert found == [near, world.user(Role.HEAD_OF_INTELLIGENCE)]


def test_nobody_is_alerted_about_what_they_may_not_see(world: World, act: Act) -> None:
    """An alert would tell that a hidden report exists."""
    label = Label(Level.CONFIDENTIAL, frozenset(), world.district.pk)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        submit(actor, replace(NEW, urgency="high"), label=label)

    assert told(world, act, world.user(Role.INTELLIGENCE_OFFICER)) == []
    assert len(told(world, act, world.user(Role.HEAD_OF_INTELLIGENCE))) == 1


def test_a_report_that_answers_a_requirement_hangs_on_its_thread(world: World, act: Act) -> None:
    """From the question one reaches the report."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        asked = ask(actor)
        row = submit(actor, requirement=asked)

        assert list(selectors.answers(asked, actor=actor)) == [row]
        edges = ThreadEdge.objects.seen_by(actor).filter(from_id=asked.pk).values_list("to_id", "kind")
        assert list(edges) == [(row.pk, "answered by")]


def test_the_asker_learns_of_a_report_on_the_question(world: World, act: Act) -> None:
    """Whoever asked is told, unless the report is out of reach."""
    label = Label(Level.INTERNAL, frozenset({world.operation.pk}), world.region.pk)
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        asked = ask(actor)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        submit(actor, requirement=asked, label=label)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        row = submit(actor, requirement=asked)
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        found = Notice.objects.seen_by(actor).filter(kind="report_on_your_question")

        assert [(n.ref, n.url) for n in found] == [(row.ref, f"/collection/reports/{row.ref}")]


def test_a_text_is_matched_with_open_questions_that_share_its_words(world: World, act: Act) -> None:
    """[COL-12] Suggested, in any script, and never chosen by the system."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        tools = ask(actor)
        ask(actor, "Which trains are delayed on Sundays?")
        russian = ask(actor, "Кто продаёт краденые инструменты?")

        assert selectors.suggested("He sells stolen tools.", actor=actor) == [tools]
        assert selectors.suggested("Продаёт инструменты на рынке", actor=actor) == [russian]
        assert selectors.suggested("Nothing to do with it", actor=actor) == []


def test_more_shared_words_come_first() -> None:
    """The nearest question leads; one word in common is not enough."""
    pairs = [("one", "white horses"), ("two", "white vans leaving"), ("three", "white vans leaving yards")]

    assert matching("White vans leaving the yards", pairs) == ["three", "two"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("He goes to the mosque on Fridays.", "religion or belief"),
        ("Она ходит в синагогу.", "religion or belief"),
        ("Тэр хүн үндэстний цөөнх, үндэстэн.", "race or ethnic origin"),
        ("He is a shop steward.", "trade union"),
        ("She was diagnosed last year.", "health or disability"),
    ],
)
def test_protected_wording_warns_until_its_need_is_confirmed(text: str, kind: str) -> None:
    """[COL-06] The words are named; confirmed, the kinds of facts stay with the report."""
    new = replace(NEW, items=[NewItem(text, "fact")])
    with pytest.raises(WordingToConfirm, match=kind) as warned:
        wording.confirm(new, is_confirmed=False)

    assert warned.value.field == "wording_confirmed"
    assert wording.confirm(new, is_confirmed=True).necessary_wording == [kind]


def test_a_whole_word_is_not_found_inside_another() -> None:
    """[COL-06] A hive is no illness."""
    assert wording.protected(["He keeps bees in a hive."]) == []
    assert wording.protected(["He has HIV."]) == [wording.Wording("health or disability", "hiv")]


def test_ordinary_wording_raises_no_warning() -> None:
    """[COL-06] A warning for everything would be one for nothing."""
    assert wording.confirm(NEW, is_confirmed=False).necessary_wording == []


def test_an_agency_adds_words_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """[COL-06] The list is data: a later version takes the place of the shipped one."""
    shipped = Path(reference.__file__).parent / "law" / "special-categories.yaml"
    text = shipped.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    text = text.replace("ethnic,", "clan, tribe,")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("OPENILP_REFERENCE", str(tmp_path))

    assert wording.protected(["The Tribesmen met"]) == [wording.Wording("race or ethnic origin", "tribesmen")]


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Path:
    """An empty file store."""
    settings.OPENILP_FILES = tmp_path
    return tmp_path


def attach(actor: Any, row: Report, data: bytes = PNG, name: str = "yard.png") -> Any:
    """Attach a file."""
    return services.attach_file(actor=actor, report=row, stream=io.BytesIO(data), name=name)


def test_a_file_is_attached_once_with_the_label_of_its_report(world: World, act: Act, store: Path) -> None:
    """A file is seen by who sees the report, and by nobody else."""
    label = Label(Level.RESTRICTED, frozenset({world.operation.pk}), world.region.pk)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        row = submit(actor, label=label)
        made = attach(actor, row)
        assert made.label == row.label
        assert (made.name, made.media_type, made.size) == ("yard.png", "image/png", len(PNG))
        with pytest.raises(AlreadyAttached, match=made.ref):
            attach(actor, row, name="again.png")
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        assert selectors.attachments_of(row, actor=actor) == []


def test_only_the_author_and_the_intelligence_unit_add_files(world: World, act: Act, store: Path) -> None:
    """A plan owner does not add to somebody else's report."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        row = submit(actor)
        attach(actor, row)
    with act(world.user(Role.PLAN_OWNER), world.desk) as actor, pytest.raises(NotTheReporter):
        attach(actor, row, PNG + b"1")
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        attach(actor, row, PNG + b"2")
        assert len(selectors.attachments_of(row, actor=actor)) == 2


def test_filters_thin_the_list(world: World, act: Act) -> None:
    """Words, urgency, unit, day, requirement and author, alone and together."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        asked = ask(actor)
        other = submit(actor, replace(NEW, urgency="medium", title="Boats at night"), requirement=asked)
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        mine = submit(actor)
        today = timezone.localdate()
        cases = [
            (selectors.Wanted(), [mine, other]),
            (selectors.Wanted(mine=True), [mine]),
            (selectors.Wanted(urgency="medium"), [other]),
            (selectors.Wanted(unit="R1D1"), [mine]),
            (selectors.Wanted(unit="NOWHERE"), []),
            (selectors.Wanted(requirement=asked.ref), [other]),
            (selectors.Wanted(since=today + timedelta(days=1)), []),
            (selectors.Wanted(since=today, until=today), [mine, other]),
            (selectors.Wanted(q="boats"), [other]),
            (selectors.Wanted(q="boats", mine=True), []),
        ]
        for wanted, expected in cases:
            assert selectors.listed(wanted, actor=actor).rows == expected, wanted


def test_a_list_pages_without_losing_or_doubling(world: World, act: Act) -> None:
    """Keyset pages hold every report exactly once."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        made = {submit(actor).pk for _ in range(7)}
        seen, after = [], ""
        while True:
            found = selectors.listed(selectors.Wanted(), actor=actor, after=after, size=3)
            seen += [row.pk for row in found.rows]
            after = found.next
            if not after:
                break

        assert (len(seen), set(seen)) == (7, made)


SQUARE = {"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]]}


def test_the_gazetteer_knows_units_places_used_before_and_the_agency_file(
    world: World, act: Act, settings: Any, tmp_path: Path
) -> None:
    """A place is found without the internet."""
    world.district.boundary = SQUARE
    world.district.save()
    own = tmp_path / "places.csv"
    own.write_text("name,latitude,longitude,detail\nFerry Steps,50.5,10.25,quay\n", encoding="utf-8")
    settings.OPENILP_GAZETTEER = str(own)
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        submit(actor, replace(NEW, place="Old ferry shed", longitude=10.5, latitude=50.75))
        found = places.find("ferry", actor=actor)

        assert [p.label for p in found] == ["Ferry District", "Ferry Steps", "Old ferry shed"]
        assert found[1].id == "10.25000,50.50000"
        assert 10 <= found[0].longitude <= 11


def test_places_of_hidden_reports_are_not_suggested(world: World, act: Act) -> None:
    """An autocomplete tells nothing that a list would hide."""
    label = Label(Level.INTERNAL, frozenset({world.operation.pk}), world.region.pk)
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as actor:
        submit(actor, replace(NEW, place="Safe house", longitude=1.0, latitude=1.0), label=label)
        assert [p.label for p in places.find("safe", actor=actor)] == ["Safe house"]
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        assert places.find("safe", actor=actor) == []
