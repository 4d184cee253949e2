"""The methods that an analyst can run, as one table: what each needs, its parameters, and its caution."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.analysis.errors import BadParameter, MethodRefused, UnknownMethod
from openilp.methods.errors import MethodError
from openilp.methods.harm import harm_of, harm_totals
from openilp.methods.networks import Network, measure
from openilp.methods.record import as_record
from openilp.methods.series import exceptional_counts, hour_weekday, monthly_trend, near_repeat
from openilp.methods.series.counts import Unit
from openilp.methods.space import Area, Places, hot_spots
from openilp.methods.space.hot_spots import HotSpots

#: Beyond this no reader follows a table and no map gains; how many there were is said beside it.
MOST_CELLS = 2000
#: Places that repeat on average three times or more are points to which many addresses were moved.
SNAPPED_REPEATS = 3
_WHOLE_DEGREES = 6

Values = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One number that a method takes."""

    name: str
    label: Any
    unit: Any
    default: float
    low: float
    high: float
    is_whole: bool = True
    help: Any = ""

    def read(self, value: object) -> float | int:
        """Return the value as a number.

        Raises:
            BadParameter: If it is no number, or outside the range.
        """
        remedy = (
            f"give {'a whole number' if self.is_whole else 'a number'} from {self.low:g} to {self.high:g}."
        )
        try:
            number = float(str(value))
        except ValueError as error:
            raise BadParameter(self.name, value, remedy) from error
        if not self.low <= number <= self.high or (self.is_whole and number != int(number)):
            raise BadParameter(self.name, value, remedy)
        return int(number) if self.is_whole else number


@dataclass(frozen=True)
class Method:
    """A method: name and version, what it answers, what it needs, and how it is run."""

    name: str
    version: str
    title: Any
    question: Any
    kind: str
    needs: Any
    caution: Any
    parameters: tuple[Parameter, ...]
    compute: Callable[[pa.Table, Values, Values], Values]

    def read(self, given: Mapping[str, object]) -> Values:
        """Return the parameters as numbers, defaults filled in.

        Raises:
            BadParameter: If one is unknown or outside its range.
        """
        known = {parameter.name for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise BadParameter(name, given[name], f"'{self.name}' takes {', '.join(sorted(known))}.")
        return {p.name: p.read(given.get(p.name, p.default)) for p in self.parameters}

    def run(self, table: pa.Table, parameters: Values) -> Values:
        """Run the method on a snapshot's table.

        Raises:
            MethodRefused: If the data cannot answer the question; the words say why.
        """
        facts = json.loads((table.schema.metadata or {}).get(b"openilp", b"{}"))
        try:
            return self.compute(table, facts, parameters)
        except MethodError as error:
            raise MethodRefused(str(error)) from error


def method(name: str) -> Method:
    """Return a method by its name.

    Raises:
        UnknownMethod: If there is none.
    """
    if name not in METHODS:
        raise UnknownMethod(name, METHODS)
    return METHODS[name]


def _hot_spots_by_count(table: pa.Table, facts: Values, parameters: Values) -> Values:
    return _cells(_hot(table, facts, parameters, None), table)


def _hot_spots_by_harm(table: pa.Table, facts: Values, parameters: Values) -> Values:
    types = table["crime_type"].to_pylist()
    harm = reference.harm_table()
    weights = {weight.code: weight.days for weight in harm.weights.values}
    found = _cells(_hot(table, facts, parameters, harm_of(types, weights)), table)
    totals = harm_totals(
        types, weights, table=f"{harm.head.id} {harm.head.version}", unit="days of starting sentence"
    )
    found["harm"] = {
        "table": harm.head.id,
        "version": harm.head.version,
        "title": harm.head.title,
        "status": str(harm.head.status),
        "source": f"{harm.head.citation.document}; {harm.head.citation.paragraph}; {harm.head.citation.date}",
        "note": harm.head.note,
        "total": totals.total,
        "types": as_record(totals.types),
    }
    found["cautions"] += [as_record(caution) for caution in totals.cautions]
    return found


def _hot(table: pa.Table, facts: Values, parameters: Values, weights: Any) -> HotSpots:
    events = Places.from_degrees(table["longitude"], table["latitude"])
    shapes = [shapely.geometry.shape(each["geometry"]) for each in facts.get("boundaries", {}).values()]
    return hot_spots(
        events,
        cell_m=parameters["cell_m"],
        weights=weights,
        possible=Area.from_degrees(shapely.union_all(shapes), plane=events.plane) if shapes else None,
        false_discovery=parameters["false_discovery_percent"] / 100,
        minimum_count=1,
        snapped=_is_snapped(events),
    )


def _is_snapped(events: Places) -> bool:
    located = events.located
    places = np.stack([events.x[located], events.y[located]], axis=1)
    return bool(len(places) >= SNAPPED_REPEATS * len(np.unique(places, axis=0)) > 0)


def _cells(hot: HotSpots, table: pa.Table) -> Values:
    rows = hot.cells(MOST_CELLS)
    return {
        "kind": "cells",
        "n": hot.n,
        "n_cells": hot.n_cells,
        "n_with_events": len(hot.cell),
        "n_hot": int((hot.direction == 1).sum()),
        "n_cold": int((hot.direction == -1).sum()),
        "cell_m": hot.grid.cell_m,
        "unit": "days of harm" if hot.weighted else "incidents",
        "false_discovery": hot.false_discovery,
        "cells": [
            {
                "cell": row.cell,
                "count": row.count,
                "value": round(row.value, 3),
                "z": round(row.z, 4),
                "adjusted": round(row.adjusted, 6),
                "direction": row.direction,
                "ring": [
                    [round(lon, _WHOLE_DEGREES), round(lat, _WHOLE_DEGREES)] for lon, lat in row.outline[:4]
                ],
            }
            for row in rows
        ],
        "left_out": _counted(
            no_coordinates=hot.n_without_place, outside_area=hot.n_outside, no_weight=hot.n_without_weight
        ),
        "method": as_record(hot.method),
        "cautions": [as_record(caution) for caution in hot.cautions],
    }


def _hour_weekday(table: pa.Table, facts: Values, parameters: Values) -> Values:
    fine = table.filter(pc.equal(pc.cast(table["time_precision"], pa.string()), "minute"))
    if fine.num_rows == 0:
        coarse = sorted(set(table["time_precision"].to_pylist()))
        raise MethodRefused(
            f"Hour by weekday needs times to the minute, but these incidents are dated by {' and '.join(coarse)} "
            "only: no hour can be read from them. Use data with recorded times, or look at the monthly trend."
        )
    week = hour_weekday(fine["starts_at"], fine["ends_at"], longest_h=parameters["longest_h"])
    return {
        "kind": "week",
        "n": week.n,
        "expected": [[round(float(value), 4) for value in row] for row in week.expected],
        "allocation_error": [[round(float(value), 4) for value in row] for row in week.allocation_error],
        "left_out": _counted(
            coarse_time=table.num_rows - fine.num_rows,
            no_time=week.n_without_time,
            end_before_start=week.n_reversed,
            interval_too_long=week.n_too_long,
        ),
        "method": as_record(week.method),
        "cautions": [as_record(caution) for caution in week.cautions],
    }


def _monthly_trend(table: pa.Table, facts: Values, parameters: Values) -> Values:
    first, last = _whole_months(facts["starts_on"], facts["ends_on"])
    if first > last:
        raise MethodRefused("The period holds no whole month; widen it to the first and last day of a month.")
    months = pc.strftime(table["starts_at"], format="%Y-%m")
    inside = months.filter(pc.and_(pc.greater_equal(months, first), pc.less_equal(months, last)))
    gaps = [month for month in facts.get("gap_months", []) if first <= month <= last]
    trend = monthly_trend(
        inside.to_pylist(), gaps=gaps, first=first, last=last, level=parameters["level_percent"] / 100
    )
    return {
        "kind": "months",
        "n": trend.n,
        "months": as_record(trend.months),
        "gaps": gaps,
        "yearly_ratio": as_record(trend.yearly_ratio),
        "seasonal": trend.seasonal,
        "left_out": _counted(in_a_partial_month=table.num_rows - len(inside), no_time=trend.n_without_month),
        "method": as_record(trend.method),
        "cautions": [as_record(caution) for caution in trend.cautions],
    }


def _exceptional(table: pa.Table, facts: Values, parameters: Values) -> Values:
    unit: Unit = "month" if _is_monthly(table) else "week"
    first, last = facts["starts_on"], facts["ends_on"]
    found = exceptional_counts(
        table["starts_at"],
        unit=unit,
        watch=parameters["watch"],
        level=parameters["level_percent"] / 100,
        first=first,
        last=last,
        gaps=[month for month in facts.get("gap_months", []) if first[:7] <= month <= last[:7]],
    )
    return {
        "kind": "ranges",
        "n": found.n,
        "unit": unit,
        "watched": as_record(found.watched),
        "level": found.level,
        "n_earlier": found.n_earlier,
        "left_out": _counted(no_time=len(found.left_out)),
        "method": as_record(found.method),
        "cautions": [as_record(caution) for caution in found.cautions],
    }


def _near_repeat(table: pa.Table, facts: Values, parameters: Values) -> Values:
    fine = table.filter(pc.not_equal(pc.cast(table["time_precision"], pa.string()), "month"))
    if fine.num_rows == 0:
        raise MethodRefused(
            "Near repeats need the day of each incident, but these are dated by month only. "
            "Use data with recorded days, or look at the monthly trend."
        )
    events = Places.from_degrees(fine["longitude"], fine["latitude"])
    metres, days = parameters["distance_m"], parameters["delay_days"]
    space, time = (0, metres, 2 * metres, 4 * metres), (0, days, 2 * days, 4 * days)
    found = near_repeat(
        events,
        # The hour of a crime that nobody saw is a guess; its day is good enough for bands of days.
        pc.cast(fine["starts_at"], pa.date32(), safe=False),
        space=space,
        time=time,
        permutations=parameters["permutations"],
        snapped=_is_snapped(events),
        rng=np.random.default_rng(parameters["seed"]),
    )
    return {
        "kind": "bands",
        "n": found.n,
        **{name: as_record(getattr(found, name)) for name in ("observed", "expected", "ratio", "p_max_t")},
        "space_bands": [f"{near}–{far}" for near, far in pairwise(space)],
        # A band ends before its upper edge, and days are whole: 0 to 7 holds delays of 0 to 6 days.
        "time_bands": [f"{soon}–{late - 1}" for soon, late in pairwise(time)],
        "permutations": found.permutations,
        "left_out": _counted(
            coarse_time=table.num_rows - fine.num_rows,
            **{_UNUSED[reason]: n for reason, n in Counter(row.reason for row in found.left_out).items()},
        ),
        "method": as_record(found.method),
        "cautions": [as_record(caution) for caution in found.cautions],
    }


# What the analysis library calls a row that it leaves out, and what this room calls it.
_UNUSED = {"no_place": "no_coordinates", "no_time": "no_time"}


def _is_monthly(table: pa.Table) -> bool:
    return "month" in set(table["time_precision"].to_pylist())


def _whole_months(starts_on: str, ends_on: str) -> tuple[str, str]:
    begin, end = np.datetime64(starts_on, "D"), np.datetime64(ends_on, "D") + 1
    first = begin.astype("datetime64[M]")
    if first.astype("datetime64[D]") != begin:
        first += 1
    return str(first), str(end.astype("datetime64[M]") - 1)


def _network(table: pa.Table, facts: Values, parameters: Values) -> Values:
    names: dict[str, str] = {}
    for side in ("source", "target"):
        refs, shown = table[side].to_pylist(), table[f"{side}_name"].to_pylist()
        names |= {ref: name for ref, name in zip(refs, shown, strict=True) if ref}
    network = Network.from_table(table, labels=names)
    found = measure(
        network,
        trials=parameters["trials"],
        missing_share=parameters["missing_percent"] / 100,
        rng=np.random.default_rng(parameters["seed"]),
    )
    return {
        "kind": "nodes",
        "n": found.n_nodes,
        "n_links": found.n_links,
        "density": round(found.density, 6),
        "component_sizes": list(found.component_sizes),
        "nodes": as_record(found.rows),
        "left_out": _counted(loops=found.n_loops, merged=found.n_merged),
        "method": as_record(found.method),
        "cautions": [as_record(caution) for caution in found.cautions],
    }


def _counted(**reasons: int) -> dict[str, int]:
    return {reason: int(n) for reason, n in reasons.items() if n}


_CELL = Parameter(
    "cell_m", _("Side of a cell"), _("metres"), 500, 50, 5000, help=_("Compare a second size before acting.")
)
_RATE = Parameter(
    "false_discovery_percent", _("Share of false finds allowed"), _("per cent"), 5, 1, 20, is_whole=False,
    help=_("Among the cells marked hot or cold, about so many are chance."),
)  # fmt: skip
_LEVEL = Parameter("level_percent", _("Coverage of the interval"), _("per cent"), 95, 50, 99)
_LONGEST = Parameter(
    "longest_h",
    _("Longest interval"),
    _("hours"),
    24,
    1,
    720,
    help=_("Longer ones say little about the hour."),
)
_TRIALS = Parameter(
    "trials", _("Trials with missing links"), _("trials"), 50, 0, 500,
    help=_("How far betweenness depends on links that nobody recorded."),
)  # fmt: skip
_MISSING = Parameter("missing_percent", _("Links left out in each trial"), _("per cent"), 10, 1, 50)
_WATCH = Parameter("watch", _("Last weeks or months to judge"), _("weeks or months"), 4, 1, 26)
_DISTANCE = Parameter(
    "distance_m",
    _("First band of distance"),
    _("metres"),
    200,
    20,
    2000,
    help=_("The others reach twice and four times as far."),
)
_DELAY = Parameter(
    "delay_days",
    _("First band of delay"),
    _("days"),
    7,
    1,
    90,
    help=_("The others reach twice and four times as far."),
)
_PERMUTATIONS = Parameter(
    "permutations", _("Trials in which chance deals out the dates"), _("trials"), 199, 99, 999
)
_SEED = Parameter("seed", _("Seed"), "", 1, 0, 2**31 - 1)

METHODS: dict[str, Method] = {
    each.name: each
    for each in (
        Method(
            "hot_spots_count", "1", _("Hot spots by count"), _("Where do incidents lie closer than by chance?"),
            "incidents", _("incidents with coordinates"),
            _("Recorded incidents follow reporting and patrols as well as crime; a hot cell is a question, no answer."),
            (_CELL, _RATE), _hot_spots_by_count,
        ),
        Method(
            "hot_spots_harm", "1", _("Hot spots by harm"), _("Where does the heaviest harm gather?"),
            "incidents", _("incidents with coordinates"),
            _("Another table of weights can give another map; compare with the map by count."),
            (_CELL, _RATE), _hot_spots_by_harm,
        ),
        Method(
            "hour_weekday", "1", _("Hour by weekday"), _("At which hours of the week does it happen?"),
            "incidents", _("incidents with times to the minute"),
            _("Times are those that were recorded; many victims only know an interval."),
            (_LONGEST,), _hour_weekday,
        ),
        Method(
            "monthly_trend", "1", _("Monthly trend"), _("Does it rise or fall?"),
            "incidents", _("incidents over whole months"),
            _("A trend describes the months shown; it forecasts nothing."),
            (_LEVEL,), _monthly_trend,
        ),
        Method(
            "exceptional_counts", "1", _("Exceptional counts"), _("Are the last weeks out of the ordinary?"),
            "incidents", _("incidents over two years or more"),
            _("An exceptional count is a reason to look; late recording or a campaign can lie behind it."),
            (_WATCH, _LEVEL), _exceptional,
        ),
        Method(
            "near_repeats", "1", _("Near repeats"), _("Do more incidents follow nearby and soon than by chance?"),
            "incidents", _("incidents with coordinates and days"),
            _("It tells where and when to warn neighbours; it says nothing about who did it."),
            (_DISTANCE, _DELAY, _PERMUTATIONS, _SEED), _near_repeat,
        ),
        Method(
            "network_measures", "1", _("Network measures"), _("How do the recorded links hang together?"),
            "links", _("links of one matter"),
            _("The figures describe recorded links, not people; nobody may be selected because of them."),
            (_TRIALS, _MISSING, _SEED), _network,
        ),
    )
}  # fmt: skip
