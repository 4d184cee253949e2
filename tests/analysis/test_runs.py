"""Snapshots and method runs: reproducible, honest about gaps, refused where the data cannot answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from openilp.analysis import snapshot_files
from openilp.analysis.errors import (
    AnalysisError,
    BadParameter,
    BadPeriod,
    MethodRefused,
    NothingSelected,
    SnapshotDamaged,
    WrongData,
)
from openilp.analysis.models import MethodRun, Snapshot
from openilp.analysis.services import Selection, run_method, take_network_snapshot, take_snapshot
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import ThreadEdge
from openilp.safeguards.roles import Role
from tests.analysis.data import LAT, LON, SQUARE, a_year, chain, incidents
from tests.factories import LEGAL_BASIS, World

Act = Callable[..., Any]
YEAR = Selection(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.OPENILP_FILES = tmp_path


def snapshot(actor: Any, selection: Selection = YEAR) -> Snapshot:
    """Take a snapshot."""
    return take_snapshot(actor=actor, selection=selection, title="2025", legal_basis=LEGAL_BASIS)


def test_the_same_call_gives_the_same_digest(world: World, act: Act) -> None:
    """A result can be had again from snapshot, method and parameters. [ANA-16]"""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)
        first, again = snapshot(actor), snapshot(actor)
        runs = [run_method(actor=actor, snapshot=s, method="hot_spots_count") for s in (first, again, first)]

        assert first.sha256 == again.sha256
        assert len({run.digest for run in runs}) == 1
        other = run_method(actor=actor, snapshot=first, method="hot_spots_count", parameters={"cell_m": 400})
        assert other.digest != runs[0].digest


def test_a_snapshot_says_its_query_and_what_it_left_out(world: World, act: Act) -> None:
    """Rows without coordinates or with coarse times are counted by reason, never dropped in silence. [ANA-16]"""
    at = datetime(2025, 3, 5, 10, tzinfo=UTC)
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        incidents(
            actor,
            [
                {"starts_at": at},
                {"starts_at": at, "longitude": None, "latitude": None},
                {"starts_at": at, "time_precision": "month"},
            ],
        )
        made = snapshot(actor, replace(YEAR, needs_place=True, finest_needed="minute"))

        assert made.rows == 1
        assert made.excluded == {"no_coordinates": 1, "coarse_time": 1}
        assert made.query["starts_on"] == "2025-01-01"


def test_a_snapshot_holds_only_what_its_taker_may_see(world: World, act: Act) -> None:
    """A colleague with a higher clearance sees more rows; the snapshot takes the join of their labels. [PRO-03]"""
    at = datetime(2025, 3, 5, 10, tzinfo=UTC)
    secret = Label(Level.CONFIDENTIAL, frozenset(), world.region.pk)
    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.desk) as actor:
        incidents(actor, [{"starts_at": at}])
        incidents(actor, [{"starts_at": at}], label=secret)
        whole = snapshot(actor)
        assert (whole.rows, whole.level) == (2, Level.CONFIDENTIAL)
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        part = snapshot(actor)

        assert (part.rows, part.level) == (1, Level.INTERNAL)


def test_taking_a_snapshot_needs_few_queries(world: World, act: Act, connection_queries: Any) -> None:
    """The number of statements does not grow with the number of rows."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)
        with connection_queries() as few:
            snapshot(actor, replace(YEAR, ends_on=date(2025, 1, 31)))
        with connection_queries() as many:
            snapshot(actor)

        assert len(many) == len(few) <= 12


def test_a_damaged_file_is_refused(world: World, act: Act) -> None:
    """A changed byte is noticed on reading."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)
        made = snapshot(actor)
        path = snapshot_files.path_of(made.sha256)
        path.write_bytes(path.read_bytes()[:-1] + b"x")

        with pytest.raises(SnapshotDamaged):
            run_method(actor=actor, snapshot=made, method="monthly_trend")
        path.unlink()
        with pytest.raises(SnapshotDamaged):
            run_method(actor=actor, snapshot=made, method="monthly_trend")


def test_the_planted_cluster_is_the_hottest_cell(world: World, act: Act) -> None:
    """Two hundred and forty burglaries in one yard are found, inside the district's boundary. [ANA-05]"""
    world.district.boundary = SQUARE
    world.district.save()
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)
        run = run_method(actor=actor, snapshot=snapshot(actor), method="hot_spots_count")

        hottest = run.result["cells"][0]
        west, south = (min(corner[axis] for corner in hottest["ring"]) for axis in (0, 1))
        assert hottest["count"] >= 240
        assert hottest["direction"] == 1
        assert west <= LON <= west + 0.01
        assert south <= LAT <= south + 0.01
        assert not any(c["code"] == "mask_from_events" for c in run.result["cautions"])


def test_harm_and_count_stand_beside_each_other_with_their_table(world: World, act: Act) -> None:
    """Robberies weigh more than burglaries; the table of weights is named with version and source. [ANA-13]"""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        a_year(actor)
        run = run_method(actor=actor, snapshot=snapshot(actor), method="hot_spots_harm")

        harm = run.result["harm"]
        assert [(row["type"], row["n"], row["harm"]) for row in harm["types"]] == [
            ("robbery", 240, 240 * 700.0),
            ("burglary", 240, 240 * 300.0),
        ]
        assert (harm["table"], harm["version"]) == ("altania-harm", "1")
        assert "Penal Code" in harm["source"]


def test_a_month_without_a_delivery_is_a_gap_and_no_zero(world: World, act: Act) -> None:
    """May was never delivered: it is declared by the snapshot and has no count. [ANA-06]"""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        a_year(actor, without=(5,))
        made = snapshot(actor, replace(YEAR, crime_types=["burglary"]))
        run = run_method(actor=actor, snapshot=made, method="monthly_trend")

        counts = {month["month"]: month["count"] for month in run.result["months"]}
        assert made.query["gap_months"] == ["2025-05"]
        assert counts["2025-05"] is None
        assert counts["2025-06"] == 20
        assert "2025-05" in next(c["text"] for c in run.result["cautions"] if c["code"] == "gaps")
        assert run.result["yearly_ratio"]["low"] <= 1 <= run.result["yearly_ratio"]["high"]


def test_a_rare_type_makes_no_gap(world: World, act: Act) -> None:
    """A month with other incidents was delivered: no burglary in it is a zero."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        a_year(actor, without=(5,))
        incidents(actor, [{"starts_at": datetime(2025, 5, 5, tzinfo=UTC), "crime_type": "drugs"}])
        made = snapshot(actor, replace(YEAR, crime_types=["burglary"]))
        run = run_method(actor=actor, snapshot=made, method="monthly_trend")

        assert run.result["gaps"] == []
        assert {m["month"]: m["count"] for m in run.result["months"]}["2025-05"] == 0


def test_partial_months_do_not_enter_a_trend(world: World, act: Act) -> None:
    """Half a month would look like a fall."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        a_year(actor)
        made = snapshot(actor, replace(YEAR, starts_on=date(2025, 1, 10), ends_on=date(2025, 12, 10)))
        run = run_method(actor=actor, snapshot=made, method="monthly_trend")

        assert [run.result["months"][0]["month"], run.result["months"][-1]["month"]] == ["2025-02", "2025-11"]
        assert run.result["left_out"]["in_a_partial_month"] > 0


def test_hour_by_weekday_finds_the_hour(world: World, act: Act) -> None:
    """Everything happened at a quarter past ten in the evening."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)
        run = run_method(actor=actor, snapshot=snapshot(actor), method="hour_weekday")

        assert sum(row[22] for row in run.result["expected"]) == run.result["n"] == 480


def test_hour_by_weekday_is_refused_for_months(world: World, act: Act) -> None:
    """Data dated by month have no hours; the words say so and what to do instead."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor, precision="month")

        with pytest.raises(MethodRefused, match=r"dated by month only.*monthly trend"):
            run_method(actor=actor, snapshot=snapshot(actor), method="hour_weekday")


def test_a_week_full_of_burglaries_is_out_of_the_ordinary(world: World, act: Act) -> None:
    """Thirty in the last week, where the weeks before had nine or ten: the count stands beside its range. [ANA-06]"""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        last = datetime(2025, 12, 22, 12, tzinfo=UTC)
        weeks = [last - timedelta(weeks=back) for back in range(40)]
        incidents(actor, [{"starts_at": week} for week in weeks for _ in range(9 + week.day % 2)])
        incidents(actor, [{"starts_at": last + timedelta(days=1)}] * 20)
        period = replace(YEAR, starts_on=date(2025, 3, 24), ends_on=date(2025, 12, 28))
        run = run_method(actor=actor, snapshot=snapshot(actor, period), method="exceptional_counts")

        *before, newest = run.result["watched"]
        assert (newest["period"], newest["exceptional"]) == ("2025-12-22", "high")
        assert newest["count"] > newest["high"]
        assert [one["exceptional"] for one in before] == [None, None, None]


def test_months_are_judged_as_months(world: World, act: Act) -> None:
    """Data dated by month are not cut into weeks; a month that was not delivered is no fall."""
    with act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor:
        months = [
            (year, month) for year in (2024, 2025) for month in range(1, 13) if (year, month) != (2025, 11)
        ]
        dated = [datetime(year, month, 1, tzinfo=UTC) for year, month in months]
        incidents(actor, [{"starts_at": at, "time_precision": "month"} for at in dated for _ in range(20)])
        made = snapshot(actor, replace(YEAR, starts_on=date(2024, 1, 1)))
        run = run_method(actor=actor, snapshot=made, method="exceptional_counts")

        assert run.result["unit"] == "month"
        assert [one["period"] for one in run.result["watched"]] == ["2025-09", "2025-10", "2025-12"]
        assert all(one["exceptional"] is None for one in run.result["watched"])


def test_near_repeats_stand_out_from_chance(world: World, act: Act) -> None:
    """Each burglary is followed three days later, next door; dealt out by chance the dates would not be. [ANA-05]"""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        rows = [
            {"starts_at": datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=6 * pair + 3 * again),
             "longitude": LON + 0.01 * (pair * 7 % 40) + 0.0005 * again, "latitude": LAT}
            for pair in range(40) for again in (0, 1)
        ]  # fmt: skip
        incidents(actor, rows)
        run = run_method(actor=actor, snapshot=snapshot(actor), method="near_repeats")

        assert run.result["observed"][0][0] == 40
        assert run.result["space_bands"] == ["0–200", "200–400", "400–800"]
        assert run.result["time_bands"] == ["0–6", "7–13", "14–27"]
        assert run.result["ratio"][0][0] > 5
        assert run.result["p_max_t"][0][0] <= 0.05


def test_near_repeats_are_refused_for_months_and_for_snapped_places(world: World, act: Act) -> None:
    """Without a day, or where many addresses share a point, there is no nearby and soon."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor, precision="month")
        with pytest.raises(MethodRefused, match=r"dated by month only.*monthly trend"):
            run_method(actor=actor, snapshot=snapshot(actor), method="near_repeats")
    with act(world.user(Role.OPERATIONAL_ANALYST), world.operation) as actor:
        at = datetime(2025, 3, 1, 12, tzinfo=UTC)
        incidents(actor, [{"starts_at": at + timedelta(days=day)} for day in range(9)])
        made = snapshot(actor, replace(YEAR, starts_on=date(2025, 3, 1), ends_on=date(2025, 3, 31)))
        with pytest.raises(MethodRefused, match="snapped"):
            run_method(actor=actor, snapshot=made, method="near_repeats")


def test_a_network_is_measured_within_one_matter_and_listed_by_name(world: World, act: Act) -> None:
    """Links of another matter stay out, the caution is kept with the figures, and no score orders people. [ANA-02]"""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        chain(actor, ["Somebody", "Else"])
    with act(world.user(Role.OPERATIONAL_ANALYST), world.operation) as actor:
        chain(actor, ["Zora", "Middle", "Anu"])
        made = take_network_snapshot(
            actor=actor, matter=world.operation.pk, title="Lantern", legal_basis=LEGAL_BASIS
        )
        run = run_method(actor=actor, snapshot=made, method="network_measures")

        assert [node["label"] for node in run.result["nodes"]] == ["Anu", "Middle", "Zora"]
        assert {n["label"]: n["betweenness"]["value"] for n in run.result["nodes"]}["Middle"] == 1
        assert any(caution["code"] == "not_a_ranking" for caution in run.result["cautions"])
        assert "nobody may be selected" in run.caution


def test_a_network_of_a_foreign_matter_is_refused(world: World, act: Act) -> None:
    """Who is no member of the operation gets no network of it."""
    with (
        act(world.user(Role.STRATEGIC_ANALYST), world.desk) as actor,
        pytest.raises(AnalysisError, match="own matters"),
    ):
        take_network_snapshot(actor=actor, matter=world.operation.pk, title="X", legal_basis=LEGAL_BASIS)


@pytest.mark.parametrize(
    ("method", "parameters", "refusal", "words"),
    [
        ("hot_spots_count", {"cell_m": 10}, BadParameter, "from 50 to 5000"),
        ("hot_spots_count", {"cell_m": "wide"}, BadParameter, "wide"),
        ("hot_spots_count", {"radius": 10}, BadParameter, "takes cell_m"),
        ("tarot", {}, AnalysisError, "hot_spots_count"),
        ("network_measures", {}, WrongData, "links of one matter"),
    ],
)
def test_bad_calls_name_value_and_remedy(
    world: World, act: Act, method: str, parameters: dict[str, object], refusal: type[Exception], words: str
) -> None:
    """What is wrong is said with the value and what to do."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)
        made = snapshot(actor)

        with pytest.raises(refusal, match=words):
            run_method(actor=actor, snapshot=made, method=method, parameters=parameters)
        assert not MethodRun.objects.seen_by(actor).exists()


def test_a_region_means_its_districts(world: World, act: Act) -> None:
    """Incidents lie in districts; who chooses the region gets those of all districts beneath it."""
    at = datetime(2025, 3, 5, 10, tzinfo=UTC)
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        incidents(
            actor, [{"starts_at": at, "unit": world.district}, {"starts_at": at, "unit": world.headquarters}]
        )
        region = snapshot(actor, replace(YEAR, units=[world.region.pk]))
        whole = snapshot(actor, replace(YEAR, units=[world.headquarters.pk]))

        assert (region.rows, region.query["units"]) == (1, ["R1"])
        assert whole.rows == 2


def test_impossible_selections_are_refused(world: World, act: Act) -> None:
    """Nothing selected, a reversed period, an unknown type."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)

        with pytest.raises(NothingSelected):
            snapshot(actor, replace(YEAR, crime_types=["drugs"]))
        with pytest.raises(BadPeriod):
            snapshot(actor, replace(YEAR, ends_on=date(2024, 1, 1)))
        with pytest.raises(AnalysisError, match="piracy"):
            snapshot(actor, replace(YEAR, crime_types=["piracy"]))


def test_only_analysts_take_snapshots_and_run_methods(world: World, act: Act) -> None:
    """The reporting officer may not, and the run leaves a thread to its snapshot."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        a_year(actor)
        made = snapshot(actor)
        run = run_method(actor=actor, snapshot=made, method="monthly_trend")
        edges = ThreadEdge.objects.seen_by(actor).filter(to_id=run.pk)
        assert [(e.from_id, e.kind) for e in edges] == [(made.pk, "analysed in")]
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        with pytest.raises(NotPermitted):
            snapshot(actor)
        with pytest.raises(NotPermitted):
            run_method(actor=actor, snapshot=made, method="monthly_trend")


@pytest.fixture
def connection_queries() -> Callable[[], CaptureQueriesContext]:
    """Return a context that captures the statements of the connection."""
    from django.db import connection

    return lambda: CaptureQueriesContext(connection)
