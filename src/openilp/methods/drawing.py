"""Charts of results, each as an ECharts option and as SVG text from the same numbers.

`lines`, `bars`, `matrix`, `cells` and `points` cover what the methods draw. The SVG needs no script, no style sheet
and no font of its own; its colours stand as attributes, and what is darker is more, in print without colour too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from openilp.methods.arrays import FloatArray
from openilp.methods.record import as_record
from openilp.methods.result import Plot

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 46
TEXT, RULE, SUNKEN = "#44515c", "#c3cad0", "#f0f2f4"
#: One ink a series, told apart in grey too.
INKS = ("#0a5c68", "#b4541a", "#5b4a9c", "#8a8f2b", "#9c2f5b")
#: More names than this beside nodes hide each other.
READABLE = 60
RAMP = ("#f0f2f4", "#d3e6e9", "#a8cfd5", "#74afb8", "#3f8792", "#0a5c68")


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a chart.

    Attributes:
        name: What it shows.
        y: Values; NaN is a gap.
        low: Lower ends of their intervals, or None.
        high: Upper ends, or None.
        dashed: Whether it is a reference rather than a finding.
    """

    name: str
    y: Sequence[float] | FloatArray
    low: Sequence[float] | FloatArray | None = None
    high: Sequence[float] | FloatArray | None = None
    dashed: bool = False


def lines(
    title: str, x: Sequence[Any] | FloatArray, series: Sequence[Line], *, x_name: str, y_name: str
) -> Plot:
    """This function will draw series over a common axis, with their intervals as bands.

    Args:
        title: What the picture shows.
        x: (n,) numbers, or labels at equal distances.
        series: At least one, n values each.
        x_name: Name and unit of the horizontal axis.
        y_name: Name and unit of the vertical axis.
    """
    labels = list(as_record(np.asarray(x)))
    numeric = all(isinstance(label, int | float) for label in labels)
    at = np.array(labels, dtype=float) if numeric else np.arange(len(labels), dtype=float)
    everything = np.concatenate([_values(each) for each in series])
    frame = _Frame.around(at, everything)
    parts = frame.axes(x_name, y_name, None if numeric else [str(label) for label in labels])
    for ink, each in zip(_inks(series), series, strict=True):
        parts += [_band(frame, at, each, ink), _curve(frame, at, each, ink)]
    parts += _key([(ink, each.name) for ink, each in zip(_inks(series), series, strict=True)])
    option = _option(title, x_name, y_name) | {
        "xAxis": {
            "type": "value" if numeric else "category",
            "name": x_name,
            **({} if numeric else {"data": labels}),
        },
        "legend": {"data": [each.name for each in series]},
        "series": [entry for each in series for entry in _line_option(each, labels if numeric else None)],
    }
    return Plot(option, _svg(title, WIDTH, HEIGHT, parts))


def bars(
    title: str,
    names: Sequence[str],
    values: Sequence[float] | FloatArray,
    *,
    x_name: str,
    y_name: str,
    low: Sequence[float] | FloatArray | None = None,
    high: Sequence[float] | FloatArray | None = None,
) -> Plot:
    """This function will draw one bar a name, with its interval where there is one.

    Args:
        title: What the picture shows.
        names: n names.
        values: (n,) heights.
        x_name: What the names are.
        y_name: Name and unit of the heights.
        low: (n,) lower ends of intervals.
        high: (n,) upper ends.
    """
    height = np.asarray(values, dtype=float)
    at = np.arange(len(names), dtype=float)
    ends = [np.asarray(end, dtype=float) for end in (low, high) if end is not None]
    frame = _Frame.around(at, np.concatenate([height, [0.0], *ends]), pad=0.5)
    parts = frame.axes(x_name, y_name, list(names))
    wide = 0.7 * (frame.x(1.0) - frame.x(0.0))
    for i, value in enumerate(height):
        if math.isfinite(value):
            top, base = sorted((frame.y(value), frame.y(0.0)))
            parts.append(
                _rect(frame.x(i) - wide / 2, top, wide, base - top, INKS[0], f"{names[i]}: {value:g}")
            )
    if low is not None and high is not None:
        parts += [
            f'<path stroke="{TEXT}" d="M{frame.x(i):.1f} {frame.y(a):.1f}V{frame.y(b):.1f}"/>'
            for i, (a, b) in enumerate(zip(*ends, strict=True))
            if math.isfinite(a + b)
        ]
    option = _option(title, x_name, y_name) | {
        "xAxis": {"type": "category", "name": x_name, "data": list(names)},
        "series": [{"type": "bar", "data": as_record(height)}],
    }
    return Plot(option, _svg(title, WIDTH, HEIGHT, parts))


def matrix(title: str, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float]] | FloatArray, *,
           x_name: str, y_name: str, marked: Any = None) -> Plot:  # fmt: skip
    """This function will draw a table of numbers, darker for more, each number in its field.

    Args:
        title: What the picture shows.
        rows: Names of the rows, the first on top.
        columns: Names of the columns.
        values: (rows, columns); NaN stays empty.
        x_name: What the columns are.
        y_name: What the rows are.
        marked: (rows, columns) truth values: fields to outline.
    """
    table = np.asarray(values, dtype=float)
    chosen = np.zeros(table.shape, dtype=bool) if marked is None else np.asarray(marked, dtype=bool)
    left = 20 + 6.4 * max(map(len, rows))
    wide, tall = (WIDTH - left - RIGHT) / len(columns), 24
    low, high = _range(table)
    parts = [_text(left, 30, f"{y_name} × {x_name}", "start")]
    every = math.ceil(max(map(len, columns)) * 6.4 / wide)
    for j, name in enumerate(columns):
        if j % every == 0:
            parts.append(_text(left + (j + 0.5) * wide, 48, name, "middle"))
    for i, name in enumerate(rows):
        parts.append(_text(left - 6, 54 + i * tall + 16, name, "end"))
        for j, value in enumerate(table[i]):
            edge = ' stroke="#15202a" stroke-width="1.5"' if chosen[i, j] else ""
            shade = _shade(value, low, high)
            box = (left + j * wide, 54.0 + i * tall, wide - 1, tall - 1.0)
            parts.append(_rect(*box, RAMP[shade], f"{name}, {columns[j]}: {_said(value)}", edge))
            if wide > 34 and math.isfinite(value):
                ink = "#ffffff" if shade > 3 else TEXT
                parts.append(_text(box[0] + wide / 2, box[1] + 16, f"{value:.4g}", "middle", ink))
    option = _option(title, x_name, y_name) | {
        "xAxis": {"type": "category", "name": x_name, "data": list(columns)},
        "yAxis": {"type": "category", "name": y_name, "data": list(rows), "inverse": True},
        "visualMap": {"min": low, "max": high, "inRange": {"color": list(RAMP)}},
        "series": [
            {
                "type": "heatmap",
                "data": [[j, i, as_record(v)] for i, line in enumerate(table) for j, v in enumerate(line)],
            }
        ],
    }
    return Plot(option, _svg(title, WIDTH, 62 + len(rows) * tall, parts))


def cells(
    title: str,
    x: FloatArray,
    y: FloatArray,
    values: FloatArray,
    *,
    cell_m: float,
    unit: str,
    marked: Any = None,
) -> Plot:
    """This function will draw square cells on a plane, north up, with a bar of length.

    Args:
        title: What the picture shows.
        x: (n,) centres in metres east.
        y: (n,) centres in metres north.
        values: (n,) what the shade shows.
        cell_m: Side of a cell in metres.
        unit: What the values are.
        marked: (n,) truth values: cells to outline.
    """
    return _map(title, x, y, values, cell_m, unit, marked, round_=False)


def points(
    title: str,
    x: FloatArray,
    y: FloatArray,
    values: FloatArray,
    *,
    size_m: float,
    unit: str,
    marked: Any = None,
) -> Plot:
    """This function will draw discs on a plane, north up, with a bar of length.

    Args:
        title: What the picture shows.
        x: (n,) centres in metres east.
        y: (n,) centres in metres north.
        values: (n,) what the shade shows.
        size_m: Diameter in metres; never less than three pixels.
        unit: What the values are.
        marked: (n,) truth values: discs to outline.
    """
    return _map(title, x, y, values, size_m, unit, marked, round_=True)


def _map(
    title: str,
    x: FloatArray,
    y: FloatArray,
    values: FloatArray,
    size_m: float,
    unit: str,
    marked: Any,
    *,
    round_: bool,
) -> Plot:
    chosen = np.zeros(len(x), dtype=bool) if marked is None else np.asarray(marked, dtype=bool)
    half = size_m / 2
    west, south, east, north = x.min() - half, y.min() - half, x.max() + half, y.max() + half
    scale = min((WIDTH - 20) / (east - west), 520 / (north - south))
    left = (WIDTH - (east - west) * scale) / 2
    low, high = _range(values)
    side = max(size_m * scale, 3.0) if round_ else size_m * scale
    # Cells without value and mark are the ground: left out, they keep a map of a city below a megabyte.
    shown = np.flatnonzero((values != 0) | chosen)
    parts = [_rect(left, 24, (east - west) * scale, (north - south) * scale, SUNKEN, title)]
    for i in sorted(shown, key=lambda i: chosen[i]):
        edge = ' stroke="#b4541a" stroke-width="1"' if chosen[i] else ""
        edge += f' rx="{side / 2:.1f}"' if round_ else ""
        at = left + (x[i] - west) * scale - side / 2, 24 + (north - y[i]) * scale - side / 2
        parts.append(
            _rect(*at, side, side, RAMP[_shade(values[i], low, high)], f"{_said(values[i])} {unit}", edge)
        )
    bottom = 24 + (north - south) * scale
    parts += _length_bar(scale, bottom + 18) + _legend(bottom + 10, low, high, unit)
    data = np.stack([x, y, values, chosen], axis=1)[shown]
    option = _option(title, "m east", "m north") | {
        "xAxis": {"type": "value", "min": float(west), "max": float(east)},
        "yAxis": {"type": "value", "min": float(south), "max": float(north)},
        "visualMap": {"min": low, "max": high, "dimension": 2, "inRange": {"color": list(RAMP)}},
        "series": [
            {
                "type": "scatter",
                "symbol": "circle" if round_ else "rect",
                "symbolSize": max(side, 1.0),
                "data": as_record(data),
            }
        ],
    }
    return Plot(option, _svg(title, WIDTH, bottom + 44, parts))


def graph(
    title: str, names: Sequence[str], x: FloatArray, y: FloatArray, links: Sequence[tuple[int, int]]
) -> Plot:
    """This function will draw nodes at given places and the links between them.

    Args:
        title: What the picture shows.
        names: n names; written beside the nodes while they can be read.
        x: (n,) places to the right.
        y: (n,) places upwards, in the same unit.
        links: Numbers of the two nodes of each link.
    """
    west, north = float(x.min(initial=np.inf)), float(y.max(initial=-np.inf))
    wide = float(x.max(initial=-np.inf)) - west if len(x) else 0.0
    # As wide as the picture, but never taller than it is wide, and links no longer than a thumb.
    tall = north - float(y.min(initial=np.inf)) if len(y) else 0.0
    scale = min((WIDTH - 80) / max(wide, tall, 1e-9), 120.0)
    right = 40 + (x - west) * scale
    down = 40 + (north - y) * scale
    radius = 5 if len(names) <= READABLE else 3
    parts = [
        f'<path stroke="{RULE}" d="M{right[a]:.1f} {down[a]:.1f}L{right[b]:.1f} {down[b]:.1f}"/>'
        for a, b in links
    ]
    for name, at_x, at_y in zip(names, right, down, strict=True):
        dot = f'cx="{at_x:.1f}" cy="{at_y:.1f}" r="{radius}" fill="{INKS[0]}"'
        parts.append(f"<circle {dot}><title>{escape(name)}</title></circle>")
        if len(names) <= READABLE:
            parts.append(_text(at_x + radius + 2, at_y + 4, name, "start"))
    nodes = [
        {"name": name, "x": float(a), "y": float(b)} for name, a, b in zip(names, right, down, strict=True)
    ]
    option = {
        "title": {"text": title},
        "tooltip": {},
        "color": list(INKS),
        "series": [
            {
                "type": "graph",
                "layout": "none",
                "roam": True,
                "label": {"show": len(names) <= READABLE},
                "data": nodes,
                "links": [{"source": int(a), "target": int(b)} for a, b in links],
            }
        ],
    }
    return Plot(option, _svg(title, WIDTH, float(down.max(initial=40.0)) + 30, parts))


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    east: float
    low: float
    high: float

    @classmethod
    def around(cls, x: FloatArray, y: FloatArray, pad: float = 0.0) -> "_Frame":
        low, high = _range(np.append(y, 0.0) if np.nanmin(y, initial=0.0) >= 0 else y)
        step = nice((high - low) / 4)
        return cls(
            float(x.min()) - pad,
            float(x.max()) + pad or 1.0,
            math.floor(low / step) * step,
            math.ceil(high / step) * step,
        )

    def x(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - self.west) / (self.east - self.west or 1.0)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.low) / (self.high - self.low or 1.0)

    def axes(self, x_name: str, y_name: str, labels: list[str] | None) -> list[str]:
        parts = [_text(LEFT, 30, y_name, "start"), _text(WIDTH - RIGHT, HEIGHT - 6, x_name, "end")]
        step = nice((self.high - self.low) / 4)
        for k in range(round((self.high - self.low) / step) + 1):
            value = self.low + k * step
            at = self.y(value)
            parts.append(f'<path stroke="{RULE}" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
            parts.append(_text(LEFT - 6, at + 4, f"{value:.6g}", "end"))
        if labels is None:
            step = nice((self.east - self.west) / 6)
            first = math.ceil(self.west / step)
            ticks = [(k * step, f"{k * step:.6g}") for k in range(first, math.floor(self.east / step) + 1)]
        else:
            room = (WIDTH - LEFT - RIGHT) / (7 * max([len(label) for label in labels] or [1]) + 8)
            every = max(1, math.ceil(len(labels) / room))
            ticks = [(float(i), label) for i, label in enumerate(labels) if i % every == 0]
        return parts + [_text(self.x(at), HEIGHT - BOTTOM + 18, label, "middle") for at, label in ticks]


def nice(step: float) -> float:
    """This function will return 1, 2 or 5 times a power of ten, the next at or above a step.

    Args:
        step: Any length; 0 gives 1.
    """
    if not (math.isfinite(step) and step > 0):
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= step * (1 - 1e-9))


def _values(line: Line) -> FloatArray:
    parts = [np.asarray(part, dtype=float) for part in (line.y, line.low, line.high) if part is not None]
    return np.concatenate(parts)


def _said(value: float) -> str:
    return f"{value:g}" if math.isfinite(value) else "not known"


def _range(values: FloatArray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _shade(value: float, low: float, high: float) -> int:
    if not math.isfinite(value) or high <= low:
        return 0
    return min(int((value - low) / (high - low) * len(RAMP)), len(RAMP) - 1)


def _inks(series: Sequence[Line]) -> list[str]:
    return [INKS[i % len(INKS)] for i in range(len(series))]


def _runs(at: FloatArray, y: FloatArray) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for i, value in enumerate(y):
        if math.isfinite(value) and math.isfinite(at[i]):
            runs[-1].append(i)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _curve(frame: _Frame, at: FloatArray, line: Line, ink: str) -> str:
    y = np.asarray(line.y, dtype=float)
    paths = ("M" + "L".join(f"{frame.x(at[i]):.1f} {frame.y(y[i]):.1f}" for i in run) for run in _runs(at, y))
    dash = ' stroke-dasharray="5 4"' if line.dashed else ""
    return f'<path fill="none" stroke="{ink}" stroke-width="1.6" stroke-linecap="round"{dash} d="{"".join(paths)}"/>'


def _band(frame: _Frame, at: FloatArray, line: Line, ink: str) -> str:
    if line.low is None or line.high is None:
        return ""
    low, high = (np.asarray(end, dtype=float) for end in (line.low, line.high))
    shapes = []
    for run in _runs(at, low + high):
        there = [f"{frame.x(at[i]):.1f} {frame.y(high[i]):.1f}" for i in run]
        back = [f"{frame.x(at[i]):.1f} {frame.y(low[i]):.1f}" for i in reversed(run)]
        shapes.append("M" + "L".join(there + back) + "Z")
    return f'<path fill="{ink}" fill-opacity="0.16" d="{"".join(shapes)}"/>'


def _line_option(line: Line, x: list[Any] | None) -> list[dict[str, Any]]:
    def data(values: Any) -> list[Any]:
        plain = as_record(np.asarray(values, dtype=float))
        return plain if x is None else [list(pair) for pair in zip(x, plain, strict=True)]

    kind = {"type": "line", "name": line.name, "showSymbol": False}
    found: list[dict[str, Any]] = [
        kind | {"data": data(line.y), "lineStyle": {"type": "dashed" if line.dashed else "solid"}}
    ]
    for end in (line.low, line.high):
        if end is not None:
            found.append(kind | {"data": data(end), "lineStyle": {"type": "dotted", "width": 1}})
    return found


def _option(title: str, x_name: str, y_name: str) -> dict[str, Any]:
    return {
        "title": {"text": title},
        "tooltip": {},
        "xAxis": {"name": x_name},
        "yAxis": {"type": "value", "name": y_name},
        "color": list(INKS),
    }


def _key(entries: Sequence[tuple[str, str]]) -> list[str]:
    parts: list[str] = []
    at = float(WIDTH - RIGHT)
    for ink, name in reversed(entries):
        at -= 6.6 * len(name)
        parts.append(_text(at, 30, name, "start"))
        parts.append(f'<path stroke="{ink}" stroke-width="2" d="M{at - 18:.1f} 26H{at - 4:.1f}"/>')
        at -= 28
    return parts


def _length_bar(scale: float, y: float) -> list[str]:
    length = nice(100 / scale)
    begin = WIDTH - RIGHT - length * scale
    name = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    bar = f'<path fill="none" stroke="{TEXT}" d="M{begin:.1f} {y - 4:.1f}v4H{WIDTH - RIGHT}v-4"/>'
    return [bar, _text(begin - 6, y, name, "end")]


def _legend(y: float, low: float, high: float, unit: str) -> list[str]:
    name = f"{low:.3g}"
    begin = 16 + 7.0 * len(name)
    boxes = [_rect(begin + i * 22, y, 22, 11, ink, "") for i, ink in enumerate(RAMP)]
    return [
        _text(10, y + 10, name, "start"),
        *boxes,
        _text(begin + 138, y + 10, f"{float(f'{high:.3g}'):,g} {unit}", "start"),
    ]


def _rect(x: float, y: float, wide: float, tall: float, ink: str, title: str, more: str = "") -> str:
    box = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{max(tall, 0):.1f}"'
    return (
        f'<rect {box} fill="{ink}"{more}>' + (f"<title>{escape(title)}</title>" if title else "") + "</rect>"
    )


def _text(x: float, y: float, words: str, anchor: str, ink: str = TEXT) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family="Noto Sans, sans-serif" font-size="11" '
        f'fill="{ink}">{escape(words)}</text>'
    )


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    heading = (
        f'<text x="10" y="14" font-family="Noto Sans, sans-serif" font-size="13" font-weight="600" '
        f'fill="#15202a">{escape(title)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:.0f}" '
        f'viewBox="0 0 {width:g} {height:.0f}" role="img" aria-label={quoteattr(title)}>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{heading}{"".join(parts)}</svg>\n'
    )
