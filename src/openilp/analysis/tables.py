"""Results as tables: what a chart or map says, for readers without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

Result = Mapping[str, Any]
Columns = tuple[tuple[str, ...], list[tuple[str, ...]]]


@dataclass(frozen=True)
class Table:
    """Heads and rows; `numeric` says which columns hold numbers, `total` how many rows there are in all."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    total: int


def table_of(result: Result, *, most: int = 25) -> Table:
    """Return the first rows of a result's table."""
    makers = {
        "months": _months,
        "week": _week,
        "cells": _cells,
        "nodes": _nodes,
        "ranges": _ranges,
        "bands": _bands,
    }
    heads, rows = makers[str(result["kind"])](result)
    shown = rows if result["kind"] in ("nodes", "months") else rows[:most]
    numeric = tuple(column > 0 for column in range(len(heads)))
    return Table(heads, tuple(shown), numeric, len(rows))


def _months(result: Result) -> Columns:
    rows: list[tuple[str, ...]] = [
        (
            month["month"],
            _("no data") if month["count"] is None else str(month["count"]),
            "" if month["expected"] is None else f"{month['expected']:.1f}",
        )
        for month in result["months"]
    ]
    return (_("Month"), _("Incidents"), _("Trend")), rows


def _week(result: Result) -> Columns:
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    parts: Sequence[tuple[str, slice]] = (
        ("00–06", slice(0, 6)), ("06–12", slice(6, 12)), ("12–18", slice(12, 18)), ("18–24", slice(18, 24)),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (name, *(f"{sum(row[part]):.1f}" for _hours, part in parts), f"{sum(row):.1f}")
        for name, row in zip(names, result["expected"], strict=True)
    ]
    return (_("Weekday"), *(hours for hours, _part in parts), _("All day")), rows


def _ranges(result: Result) -> Columns:
    words = {"high": _("more than expected"), "low": _("fewer than expected"), None: _("as expected")}
    rows: list[tuple[str, ...]] = [
        (
            one["period"],
            str(one["count"]),
            f"{one['expected']:.1f}",
            f"{one['low']}–{one['high']}",
            "< 0.001" if one["q"] < 0.001 else f"{one['q']:.3f}",
            words[one["exceptional"]],
        )
        for one in result["watched"]
    ]
    first = _("Month") if result["unit"] == "month" else _("Week from")
    return (first, _("Incidents"), _("Expected"), _("Expected range"), _("p, adjusted"), _("Finding")), rows


def _bands(result: Result) -> Columns:
    rows: list[tuple[str, ...]] = [
        (
            f"{metres} m, {days} {_('days')}",
            f"{result['observed'][i][j]:,}",
            f"{result['expected'][i][j]:,.1f}",
            "" if result["ratio"][i][j] is None else f"{result['ratio'][i][j]:.2f}",
            "< 0.001" if result["p_max_t"][i][j] < 0.001 else f"{result['p_max_t'][i][j]:.3f}",
            _("beyond chance") if _stands_out(result, i, j) else _("as by chance"),
        )
        for i, metres in enumerate(result["space_bands"])
        for j, days in enumerate(result["time_bands"])
    ]
    heads = (_("Distance and delay"), _("Pairs"), _("By chance"), _("Ratio"), _("p, adjusted"), _("Finding"))
    return heads, rows


def _stands_out(result: Result, i: int, j: int) -> bool:
    return (result["ratio"][i][j] or 0) > 1 and result["p_max_t"][i][j] <= 0.05


def _cells(result: Result) -> Columns:
    words = {1: _("hot"), 0: _("neither"), -1: _("cold")}
    rows: list[tuple[str, ...]] = [
        (
            _middle(cell["ring"]),
            str(cell["count"]),
            f"{cell['value']:,.0f}",
            f"{cell['z']:.2f}",
            "< 0.001" if cell["adjusted"] < 0.001 else f"{cell['adjusted']:.3f}",
            words[cell["direction"]],
        )
        for cell in result["cells"]
    ]
    value = _("Harm, days") if result["unit"] == "days of harm" else _("Value")
    return (_("Middle of the cell"), _("Incidents"), value, "Gi*", _("p, adjusted"), _("Finding")), rows


def _middle(ring: Sequence[Sequence[float]]) -> str:
    lon, lat = (sum(point[axis] for point in ring) / len(ring) for axis in (0, 1))
    return f"{lat:.4f}, {lon:.4f}"


def _nodes(result: Result) -> Columns:
    rows: list[tuple[str, ...]] = [
        (
            node["label"],
            str(node["degree"]),
            _interval(node["betweenness"]),
            str(node["core"]),
            str(node["component"]),
            _("yes") if node["is_cut_node"] else _("no"),
        )
        for node in result["nodes"]
    ]
    heads = (_("Name"), _("Links"), _("Betweenness"), _("Core"), _("Part"), _("Part falls apart without it"))
    return heads, rows


def _interval(estimate: Mapping[str, Any]) -> str:
    if estimate["low"] is None:
        return f"{estimate['value']:.1f}"
    return f"{estimate['value']:.1f} [{estimate['low']:.1f}–{estimate['high']:.1f}]"


def finding(result: Result) -> str:
    """Return a result in one sentence with its n."""
    kind = result["kind"]
    if kind == "months":
        ratio = result["yearly_ratio"]
        if ratio is None:
            return _("%(n)s incidents; too few months for a trend.") % {"n": f"{result['n']:,}"}
        low, high = (100 * (ratio[end] - 1) for end in ("low", "high"))
        return _(
            "%(change)+.0f %% a year (%(low)+.0f to %(high)+.0f), %(n)s incidents in %(months)s months."
        ) % {
            "change": 100 * (ratio["value"] - 1),
            "low": low,
            "high": high,
            "n": f"{result['n']:,}",
            "months": ratio["n"],
        }
    if kind == "week":
        rows = result["expected"]
        day, hour = max(((d, h) for d in range(7) for h in range(24)), key=lambda at: rows[at[0]][at[1]])
        names = (
            _("Monday"),
            _("Tuesday"),
            _("Wednesday"),
            _("Thursday"),
            _("Friday"),
            _("Saturday"),
            _("Sunday"),
        )
        return _("Most on %(day)s at %(hour)02d:00; %(n)s incidents.") % {
            "day": names[day],
            "hour": hour,
            "n": f"{result['n']:,}",
        }
    if kind == "cells":
        return _("%(hot)s of %(cells)s cells of %(side)s m are hot; %(n)s incidents.") % {
            "hot": result["n_hot"],
            "cells": f"{result['n_cells']:,}",
            "side": f"{result['cell_m']:g}",
            "n": f"{result['n']:,}",
        }
    if kind == "ranges":
        return _("%(found)s of %(watched)s periods are out of the ordinary; %(n)s incidents.") % {
            "found": sum(one["exceptional"] is not None for one in result["watched"]),
            "watched": len(result["watched"]),
            "n": f"{result['n']:,}",
        }
    if kind == "bands":
        found = sum(
            _stands_out(result, i, j)
            for i in range(len(result["space_bands"]))
            for j in range(len(result["time_bands"]))
        )
        return _("%(found)s of %(bands)s bands hold more pairs than chance explains; %(n)s incidents.") % {
            "found": found,
            "bands": len(result["space_bands"]) * len(result["time_bands"]),
            "n": f"{result['n']:,}",
        }
    return _("%(n)s nodes and %(links)s links, in alphabetical order.") % {
        "n": result["n"],
        "links": result["n_links"],
    }


def said(sentence: Mapping[str, Any]) -> str:
    """Return a stored sentence of a method in the reader's language: its template translated, its facts put in."""
    template, facts = str(sentence["template"]), sentence["facts"]
    return _(template) % facts if facts else _(template)


def left_out(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return why rows were left out, in words, with their number."""
    words = reason_words()
    return [(words.get(reason, reason), n) for reason, n in sorted(reasons.items())]


def reason_words() -> dict[str, str]:
    """Return the words for why rows were left out."""
    return {
        "no_coordinates": _("without coordinates"),
        "coarse_time": _("time too coarse"),
        "outside_area": _("outside the districts"),
        "no_weight": _("type without a weight"),
        "no_time": _("without a time"),
        "end_before_start": _("end before the start"),
        "interval_too_long": _("interval too long"),
        "in_a_partial_month": _("in a month that the period cuts"),
        "loops": _("links from an entity to itself"),
        "merged": _("repeated links, counted once"),
        "end_not_visible": _("links with an end that you may not see"),
    }
