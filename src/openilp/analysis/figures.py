"""Results drawn as small SVG pictures: the same on the page, in a frozen edition and in its PDF.

Colours stand as attributes, so that a document shows them; classes let a page's stylesheet put its own in their place.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import shapely
from django.utils.translation import gettext as _

INK, SOFT, LINE, TEXT, SUNKEN = "#0a5c68", "#c7dfe3", "#c3cad0", "#44515c", "#f0f2f4"
WIDTH = 640
_TALLEST = 520
#: Five steps of one hue; what is darker is more, in print without colour too.
RAMP = ("#e1eff1", "#b4d5da", "#7fb3bb", "#3f8792", "#0a5c68")

Result = Mapping[str, Any]
Point = tuple[float, float]


def svg_of(result: Result, boundaries: Mapping[str, Any] | None = None) -> str:
    """Return the picture of a result, or nothing for a kind that is shown as a table only."""
    kind = result.get("kind")
    if kind == "months":
        return trend(result)
    if kind == "week":
        return week(result)
    if kind == "ranges":
        return ranges(result)
    if kind == "bands":
        return bands(result)
    if kind == "cells":
        return cells(result, boundaries or {})
    return ""


def chart_of(result: Result) -> dict[str, Any] | None:
    """Return a result as the chart island takes it, or nothing for a kind without a chart."""
    if result.get("kind") == "months":
        months = result["months"]
        return {
            "type": "trend",
            "title": _("Incidents per month"),
            "unit": _("incidents"),
            "points": [{"period": m["month"], "value": m["count"]} for m in months],
            "expected": [{"period": m["month"], "value": m["expected"]} for m in months],
        }
    if result.get("kind") == "week":
        return {
            "type": "heatmap",
            "title": _("Incidents by hour and weekday"),
            "unit": _("incidents"),
            "cells": [
                {"weekday": day, "hour": hour, "value": round(value, 2)}
                for day, row in enumerate(result["expected"])
                for hour, value in enumerate(row)
            ],
        }
    if result.get("kind") == "ranges":
        watched = result["watched"]
        return {
            "type": "trend",
            "title": _("Incidents beside the expected range"),
            "unit": _("incidents"),
            "points": [{"period": one["period"], "value": one["count"]} for one in watched],
            "expected": [
                {"period": one["period"], "value": one["expected"], "low": one["low"], "high": one["high"]}
                for one in watched
            ],
        }
    if result.get("kind") == "bands":
        return {
            "type": "bars",
            "title": _("Pairs of incidents, observed over chance"),
            "unit": _("times chance"),
            "rows": [
                {
                    "label": f"{metres} m, {days} {_('days')}",
                    "value": result["ratio"][i][j],
                    "n": result["observed"][i][j],
                }
                for i, metres in enumerate(result["space_bands"])
                for j, days in enumerate(result["time_bands"])
            ],
        }
    return None


def trend(result: Result) -> str:
    """Draw counts by month as a line that breaks at gaps, with the fitted trend dashed."""
    months: Sequence[Mapping[str, Any]] = result["months"]
    left, top, height = 48, 12, 188
    across = (WIDTH - left - 12) / max(len(months) - 1, 1)
    highest = max([m["count"] or 0 for m in months] + [m["expected"] or 0 for m in months] + [1])
    step = _nice(highest / 4)
    ceiling = step * math.ceil(highest / step)

    def x(i: int) -> float:
        return left + i * across

    def y(value: float) -> float:
        return top + height * (1 - value / ceiling)

    parts = [_gap(x(i), across, top, height, m["month"]) for i, m in enumerate(months) if m["count"] is None]
    for k in range(round(ceiling / step) + 1):
        at = y(k * step)
        parts.append(_line(left, at, WIDTH - 12, at, "z", LINE))
        parts.append(_text(left - 6, at + 4, f"{k * step:g}", anchor="end"))
    parts += [_path(run, x, y, "expected", dashed=True) for run in _runs(months, "expected")]
    parts += [_path(run, x, y, "count") for run in _runs(months, "count")]
    parts += [
        f'<circle class="d" fill="{INK}" cx="{x(i):.1f}" cy="{y(m["count"]):.1f}" r="2.5"/>'
        for i, m in enumerate(months)
        if m["count"] is not None
    ]
    every = max(1, math.ceil(len(months) / 9))
    for i, month in enumerate(months):
        if i % every == 0:
            parts.append(_text(x(i), top + height + 18, month["month"], anchor="middle"))
    return _svg(WIDTH, top + height + 28, _("Incidents per month"), parts)


def _gap(x: float, across: float, top: float, height: float, month: str) -> str:
    wide = max(across, 8)
    title = escape(_("%(month)s: no data") % {"month": month})
    return (
        f'<rect class="bg" fill="{SUNKEN}" x="{x - wide / 2:.1f}" y="{top}" width="{wide:.1f}" height="{height}">'
        f"<title>{title}</title></rect>"
    )


def _runs(months: Sequence[Mapping[str, Any]], key: str) -> list[list[tuple[int, float]]]:
    found: list[list[tuple[int, float]]] = [[]]
    for i, month in enumerate(months):
        if month[key] is None:
            found.append([])
        else:
            found[-1].append((i, float(month[key])))
    return [run for run in found if run]


def _path(run: list[tuple[int, float]], x: Any, y: Any, kind: str, *, dashed: bool = False) -> str:
    points = " ".join(f"{'M' if k == 0 else 'L'}{x(i):.1f} {y(v):.1f}" for k, (i, v) in enumerate(run))
    ink, dash = (TEXT, ' stroke-dasharray="4 3"') if dashed else (INK, "")
    return f'<path class="{"x" if dashed else "l"}" fill="none" stroke="{ink}" stroke-width="1.5"{dash} d="{points}"/>'


def week(result: Result) -> str:
    """Draw expected events by weekday and hour as a matrix with its numbers, darker for more."""
    rows: Sequence[Sequence[float]] = result["expected"]
    left, top, side, tall = 44, 24, 24, 24
    highest = max(max(row) for row in rows) or 1.0
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    parts = [_text(left + h * side + side / 2, top - 8, f"{h:02}", anchor="middle") for h in range(0, 24, 3)]
    for day, row in enumerate(rows):
        parts.append(_text(left - 8, top + day * tall + 16, names[day], anchor="end"))
        for hour, value in enumerate(row):
            shade = min(int(value / highest * 5), 4)
            title = f"{names[day]} {hour:02}:00, {value:.1f}"
            parts.append(
                f'<rect class="r{shade}" fill="{RAMP[shade] if value else SUNKEN}" x="{left + hour * side}" '
                f'y="{top + day * tall}" width="{side - 1}" height="{tall - 1}"><title>{escape(title)}</title></rect>'
            )
    bottom = top + 7 * tall
    return _svg(
        WIDTH, bottom + 36, _("Incidents by hour and weekday"), parts + _legend(left, bottom + 12, 0, highest)
    )


def ranges(result: Result) -> str:
    """Draw each watched count as a dot on its expected range; a large dot lies outside."""
    rows: Sequence[Mapping[str, Any]] = result["watched"]
    left, top, tall = 88, 12, 26
    most = max(1.0, *(float(max(one["count"], one["high"])) for one in rows))
    step = _nice(most / 5)
    ceiling = step * math.ceil(most / step)
    bottom = top + tall * len(rows)

    def x(value: float) -> float:
        return left + (WIDTH - left - 16) * value / ceiling

    parts = []
    for k in range(round(ceiling / step) + 1):
        parts.append(_line(x(k * step), top, x(k * step), bottom, "z", LINE))
        parts.append(_text(x(k * step), bottom + 16, f"{k * step:g}", anchor="middle"))
    for row, one in enumerate(rows):
        y = top + tall * row + tall / 2
        parts.append(_text(left - 8, y + 4, one["period"], anchor="end"))
        parts.append(
            f'<rect class="r1" fill="{SOFT}" x="{x(one["low"]):.1f}" y="{y - 6:.1f}" height="12" '
            f'width="{max(x(one["high"]) - x(one["low"]), 1):.1f}"/>'
        )
        size = 3 if one["exceptional"] is None else 6
        title = f"{one['period']}: {one['count']} ({one['low']}–{one['high']})"
        parts.append(
            f'<circle class="d" fill="{INK}" cx="{x(one["count"]):.1f}" cy="{y:.1f}" r="{size}">'
            f"<title>{escape(title)}</title></circle>"
        )
    return _svg(WIDTH, bottom + 28, _("Incidents beside the expected range"), parts)


def bands(result: Result) -> str:
    """Draw the ratio of each band of distance and delay as a matrix; what is beyond chance is framed."""
    left, top, side, tall = 96, 28, 120, 34
    ratios = result["ratio"]
    highest = max(1.0, *(value or 0.0 for row in ratios for value in row))
    parts = [
        _text(left + j * side + side / 2, top - 10, f"{days} {_('days')}", anchor="middle")
        for j, days in enumerate(result["time_bands"])
    ]
    for i, metres in enumerate(result["space_bands"]):
        parts.append(_text(left - 8, top + i * tall + 21, f"{metres} m", anchor="end"))
        for j, value in enumerate(ratios[i]):
            # No darker than the middle of the ramp: the figure stands on it.
            shade = min(int((value or 0) / highest * 3), 2)
            framed = (
                f' stroke="{TEXT}" stroke-width="2"'
                if (value or 0) > 1 and result["p_max_t"][i][j] <= 0.05
                else ""
            )
            x, y = left + j * side, top + i * tall
            parts.append(
                f'<rect class="r{shade}" fill="{RAMP[shade]}" x="{x + 1}" y="{y + 1}" width="{side - 3}" '
                f'height="{tall - 3}"{framed}/>'
            )
            shown = "–" if value is None else f"{value:.2f}"
            parts.append(_text(x + side / 2, y + 21, shown, anchor="middle", halo=True))
    return _svg(WIDTH, top + tall * len(ratios) + 12, _("Pairs of incidents, observed over chance"), parts)


def cells(result: Result, boundaries: Mapping[str, Any]) -> str:
    """Draw hot spots and the districts' outlines around them, with a scale bar, north up."""
    shown: Sequence[Mapping[str, Any]] = result["cells"]
    outlines = {code: _rings(each["geometry"]) for code, each in boundaries.items()}
    if not shown:
        return ""
    west, east, south, north = _frame(point for cell in shown for point in cell["ring"])
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = min((WIDTH - 2) / ((east - west) * squeeze), _TALLEST / (north - south))
    wide, tall = (east - west) * squeeze * scale, (north - south) * scale
    left = (WIDTH - wide) / 2

    def place(point: Sequence[float]) -> Point:
        return left + (point[0] - west) * squeeze * scale, 1 + (north - point[1]) * scale

    values = [cell["value"] for cell in shown]
    limits = [_quantile(values, share) for share in (0.2, 0.4, 0.6, 0.8)]
    inner = [_cell(cell, limits, place) for cell in reversed(shown)]
    inner += [
        f'<path class="cap" fill="none" stroke="{TEXT}" stroke-width="1" d="{_outline(ring, place)}"/>'
        for rings in outlines.values()
        for ring in rings
    ]
    corner = (west, south, east, north)
    inner += _names(((boundaries[code]["name"], rings) for code, rings in outlines.items()), corner, place)
    box = f'x="{left:.1f}" y="1" width="{wide:.1f}" height="{tall:.1f}"'
    # A frame of its own cuts off what lies beyond; clip paths by name would clash on a page with two maps.
    inset = f'<svg {box} viewBox="{left:.1f} 1 {wide:.1f} {tall:.1f}">{"".join(inner)}</svg>'
    parts = [
        inset,
        f'<rect class="z" fill="none" stroke="{LINE}" {box}/>',
        *_scale_bar(scale, tall + 4),
        *_legend(12, tall + 14, min(values), max(values)),
        _text(12, tall + 46, _("Outlined: more than chance explains"), anchor="start"),
    ]
    return _svg(WIDTH, tall + 54, _("Hot spots"), parts)


def _frame(points: Iterable[Sequence[float]]) -> tuple[float, float, float, float]:
    """Return the box of some points with a margin of a twentieth on each side."""
    lons, lats = zip(*((point[0], point[1]) for point in points), strict=True)
    across, up = (max(max(axis) - min(axis), 0.01) / 20 for axis in (lons, lats))
    return min(lons) - across, max(lons) + across, min(lats) - up, max(lats) + up


def _names(
    districts: Iterable[tuple[str, list[list[list[float]]]]], box: tuple[float, ...], place: Any
) -> list[str]:
    """Write each district's name in the middle of what the map shows of it, one below another where two collide."""
    taken: list[tuple[float, float, float]] = []
    found = []
    for name, rings in districts:
        seen = shapely.clip_by_rect(shapely.MultiPolygon([shapely.Polygon(ring) for ring in rings]), *box)
        if seen.is_empty:
            continue
        middle = seen.representative_point()
        x, y = place((middle.x, middle.y))
        half = 3.2 * len(name)
        while any(abs(x - other) < half + reach and abs(y - level) < 14 for other, level, reach in taken):
            y += 14
        taken.append((x, y, half))
        found.append(_text(x, y, name, anchor="middle", halo=True))
    return found


def _cell(cell: Mapping[str, Any], limits: Sequence[float], place: Any) -> str:
    shade = sum(cell["value"] > limit for limit in limits)
    hot = cell["direction"] == 1
    edge = ' stroke="#15202a" stroke-width="1"' if hot else ""
    kind = f"r{shade} hot" if hot else f"r{shade}"
    title = escape(f"{cell['count']} · {cell['value']:g}")
    shape = _outline(cell["ring"], place)
    return f'<path class="{kind}" fill="{RAMP[shade]}"{edge} d="{shape}"><title>{title}</title></path>'


def _outline(ring: Sequence[Sequence[float]], place: Any) -> str:
    points = (place(point) for point in ring)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"][0]]
    if geometry["type"] == "MultiPolygon":
        return [polygon[0] for polygon in geometry["coordinates"]]
    return []


def _scale_bar(scale: float, height: float) -> list[str]:
    # One degree of latitude is 111.2 km on the mean sphere.
    metre = scale / 111_195
    length = _nice(100 / metre)
    end = WIDTH - 16
    begin = end - length * metre
    name = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    return [
        _line(begin, height + 14, end, height + 14, "cap", TEXT),
        _line(begin, height + 10, begin, height + 18, "cap", TEXT),
        _line(end, height + 10, end, height + 18, "cap", TEXT),
        _text((begin + end) / 2, height + 32, name, anchor="middle"),
    ]


def _legend(x: float, y: float, low: float, high: float) -> list[str]:
    parts = [_text(x, y + 11, f"{low:,.0f}", anchor="start")]
    begin = x + 12 + 7 * len(f"{low:,.0f}")
    parts += [
        f'<rect class="r{i}" fill="{ink}" x="{begin + i * 28:.1f}" y="{y}" width="28" height="12"/>'
        for i, ink in enumerate(RAMP)
    ]
    return [*parts, _text(begin + 5 * 28 + 8, y + 11, f"{high:,.0f}", anchor="start")]


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0


def _nice(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, the next above a step; counts have no halves."""
    power = 10.0 ** math.floor(math.log10(max(step, 1e-9)))
    return max(1.0, next(m * power for m in (1, 2, 5, 10) if m * power >= step * (1 - 1e-9)))


def _line(x1: float, y1: float, x2: float, y2: float, kind: str, ink: str) -> str:
    return f'<path class="{kind}" stroke="{ink}" stroke-width="1" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _text(x: float, y: float, words: str, *, anchor: str, halo: bool = False) -> str:
    around = ' class="halo" stroke="#ffffff" stroke-width="3" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family="Noto Sans" font-size="11" '
        f'fill="{TEXT}"{around}>{escape(str(words))}</text>'
    )


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ch figure" width="{width:g}" height="{height:.0f}" '
        f'viewBox="0 0 {width:g} {height:.0f}" role="img" aria-label={quoteattr(title)}>{"".join(parts)}</svg>'
    )
