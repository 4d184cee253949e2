"""Where an entity plays, and when two places may be one."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.collation import rules, selectors, services
from openilp.collation.errors import BadStatementValue
from openilp.collation.models import Entity, Statement
from openilp.collation.rules import NewStatement, places
from openilp.collection.models import Item, Report
from openilp.collection.rules import NewItem, NewReport
from openilp.collection.services import submit_report
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import Role
from tests.collation import scenes
from tests.factories import LEGAL_BASIS, World, lawful

Act = Callable[..., Any]

HARBOUR = (12.61, 55.98)
STREETS = st.sampled_from(["harbour street", "mill lane", "kirov prospect", "peace avenue"])
TOWNS = st.sampled_from(["sundvik", "port anselm", "ulaan hot"])
NUMBERS = st.integers(1, 999).map(str)
POINTS = st.tuples(st.floats(-179, 179), st.floats(-85, 85))


def location(actor: Actor, *said: tuple[str, str]) -> Entity:
    """Record a place."""
    statements = [NewStatement(about, value) for about, value in said]
    return services.record_entity(actor=actor, kind="location", statements=statements, **lawful())


def agree(left: dict[str, set[str]], right: dict[str, set[str]]) -> rules.Agreement:
    """Compare two places."""
    return rules.agreement(left, right, kind=rules.PLACE)


@given(STREETS, STREETS, NUMBERS, NUMBERS, TOWNS)
def test_a_town_alone_makes_no_candidate(one: str, other: str, a: str, b: str, town: str) -> None:
    """Two addresses of one town are compared only when they share street and number."""
    left = {"address": {f"{one} {a} {town}"}, "place_name": {f"{town} {one}"}}
    right = {"address": {f"{b} {other} {town}"}, "place_name": {f"{other} {town} depot"}}

    assert agree(left, right).is_candidate == (one == other and a == b)
    assert not agree({"address": {town}}, {"address": {town}}).is_candidate
    assert not agree({"address": {town}}, {"address": {f"{one} {a} {town}"}}).is_candidate


@given(STREETS, NUMBERS, TOWNS, st.sampled_from(["", "8000", "220113"]))
def test_one_house_agrees_however_its_address_is_written(
    street: str, number: str, town: str, code: str
) -> None:
    """The town, a postal code or an abbreviation that one side adds does not keep a house from itself."""
    first, rest = street.split()
    long, short = f"{number} {street} {code} {town}".split(), f"{first} {rest[:2]} {number}"

    assert agree({"address": {" ".join(long)}}, {"address": {short}}).agrees == ("address",)
    assert not agree({"address": {f"{code} {town}".strip()}}, {"address": {" ".join(long)}}).is_candidate


@given(POINTS, st.floats(0, 140), st.floats(1200, 50_000), st.floats(0, 6.283))
def test_positions_agree_when_they_are_close(
    point: tuple[float, float], near_m: float, far_m: float, bearing: float
) -> None:
    """A position within 150 m makes a candidate, one beyond 1 km speaks against an equal name."""

    def moved(metres: float) -> str:
        up = metres * math.cos(bearing) / 111_195
        side = metres * math.sin(bearing) / (111_195 * math.cos(math.radians(point[1])))
        return f"{point[0] + side:.7f},{point[1] + up:.7f}"

    here = {"point": {f"{point[0]:.7f},{point[1]:.7f}"}, "place_name": {"harbour market"}}

    assert "point" in agree(here, {"point": {moved(near_m)}}).agrees
    apart = agree(here, {"point": {moved(far_m)}, "place_name": {"harbour market"}})
    assert (apart.agrees, apart.differs) == ((), ("point",))


@given(POINTS, POINTS)
def test_distance_is_a_distance(a: tuple[float, float], b: tuple[float, float]) -> None:
    """It is nought from a point to itself, the same both ways, and never more than half round the earth."""
    assert places.apart_m(a, a) == 0
    assert places.apart_m(a, b) == pytest.approx(places.apart_m(b, a))
    assert 0 <= places.apart_m(a, b) <= 20_015_100


@given(st.tuples(st.floats(-179, 179), st.floats(-80, 80)), st.floats(0, 1), st.floats(0, 6.283))
def test_the_box_holds_every_position_within_the_radius(
    point: tuple[float, float], share: float, bearing: float
) -> None:
    """What the index looks through holds all that the rule would call near."""
    up = share * places.NEAR_M * math.cos(bearing) / 111_195
    side = share * places.NEAR_M * math.sin(bearing) / (111_195 * math.cos(math.radians(point[1])))
    (west, south), (east, north) = places.around(point)

    assert west <= point[0] + side <= east
    assert south <= point[1] + up <= north


def test_an_equal_name_counts_until_the_house_speaks_against_it() -> None:
    """A named place is itself; two houses of one name are not."""
    market = {"place_name": {"harbour market"}}

    assert agree(market, {"place_name": {"market harbour"}}).agrees == ("name",)
    here = market | {"address": {"harbour street 3"}}
    assert agree(here, market | {"address": {"mill lane 9"}}) == rules.Agreement((), ("address",))


@pytest.mark.parametrize("value", ["181, 10", "12, 91", "999, 999"])
def test_a_position_lies_on_earth(value: str) -> None:
    """Longitude and latitude have bounds."""
    with pytest.raises(BadStatementValue):
        rules.check_statement("location", NewStatement("point", value))


def test_a_place_is_found_by_position_and_by_house_and_not_by_town(world: World, act: Act) -> None:
    """[CLT-05] The duplicate warning finds a place near by or the same house, through the indexes."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        near = location(actor, ("place_name", "Old pier"), ("point", "12.61, 55.98"))
        house = location(actor, ("address", "12 Harbour Street, Sundvik"))
        location(actor, ("address", "9 Mill Lane, Sundvik"))

        by_point = selectors.duplicates_of_new("location", {"point": ["12.6101, 55.9801"]}, actor=actor)
        by_house = selectors.duplicates_of_new("location", {"address": ["Harbour St 12"]}, actor=actor)
        by_town = selectors.duplicates_of_new("location", {"address": ["Sundvik"]}, actor=actor)

        assert [c.entity.id for c in by_point] == [near.pk]
        assert [c.entity.id for c in by_house] == [house.pk]
        assert by_town == []


def test_the_database_reads_positions_as_the_rule_does(world: World, act: Act) -> None:
    """[CLT-13] A stated position becomes coordinates; other values never do."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        place = location(actor, ("point", "-2.5879, 51.4545"), ("address", "12,13"))
        rows = {s.property: s for s in Statement.objects.seen_by(actor).filter(entity=place)}

        assert (rows["point"].longitude, rows["point"].latitude) == (-2.5879, 51.4545)
        assert (rows["address"].longitude, rows["address"].latitude) == (None, None)


def test_the_map_shows_own_linked_event_and_report_places(world: World, act: Act) -> None:
    """[CLT-13] A person's map holds places linked, places of events, and places of reports, with the reason each."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.desk) as actor:
        new = NewReport(
            items=[NewItem("He drove off.", "fact", ())],
            urgency="low",
            provenance="seen",
            place="Quay",
            longitude=12.5,
            latitude=55.9,
        )
        report = submit_report(actor=actor, new=new, legal_basis=LEGAL_BASIS)
        item: Any = Item.objects.seen_by(actor).get(report=report)
        him = scenes.person(actor, source=item)
        home = location(actor, ("place_name", "Flat"), ("point", "12.61, 55.98"))
        scene = location(actor, ("place_name", "Depot"), ("point", "12.70, 55.90"))
        theft = services.record_entity(
            actor=actor, kind="event", statements=[NewStatement("title", "Theft of a van")], **lawful()
        )
        scenes.link(actor, him, home, "lives_at")
        scenes.link(actor, him, theft, "present_at")
        scenes.link(actor, theft, scene, "happened_at")

        found = selectors.places_of(selectors.about(him, actor=actor), actor=actor)
        own = selectors.places_of(selectors.about(home, actor=actor), actor=actor)

        assert [(p.label, p.reason) for p in found] == [
            ("Depot", "was present at Theft of a van"),
            ("Flat", "lives at"),
            (str(Report.objects.seen_by(actor).get(pk=report.pk).title), "place of a report"),
        ]
        assert [(p.reason, p.longitude) for p in own] == [("its own position", 12.61)]
        assert selectors.as_geojson(own)["features"][0]["geometry"]["coordinates"] == [12.61, 55.98]


def test_a_hidden_place_is_not_on_the_map(world: World, act: Act) -> None:
    """Positions in a compartment of others are missing, and nothing says so."""
    with act(world.user(Role.INTELLIGENCE_OFFICER), world.operation) as cleared:
        him = scenes.person(cleared, label=cleared.label(compartments=frozenset()))
        hidden = services.record_entity(
            actor=cleared,
            kind="location",
            statements=[NewStatement("point", "12.61, 55.98")],
            label=scenes.secret(world),
            **lawful(),
        )
        scenes.link(cleared, him, hidden, "lives_at", label=scenes.secret(world))
        assert selectors.places_of(selectors.about(him, actor=cleared), actor=cleared)
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as outside:
        found = selectors.about(selectors.entity(him.ref, actor=outside), actor=outside)

        assert selectors.places_of(found, actor=outside) == []
