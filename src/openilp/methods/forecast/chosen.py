"""The cells that a forecast chose, and how well the same procedure told the past."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.drawing import Line, lines
from openilp.methods.forecast.ensemble import BASELINES
from openilp.methods.forecast.lattice import Lattice, as_lattice_record
from openilp.methods.forecast.validation import ENSEMBLE, Validation
from openilp.methods.places import LOCAL, WORLD, Plane
from openilp.methods.record import as_record
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence


@dataclass(frozen=True, slots=True)
class Forecast(Result):
    """The chosen cells in order of rank, and how well the same procedure told the past.

    Attributes:
        start: First day of the forecast.
        days: Its length.
        cell: (k,) cell numbers, the likeliest first.
        expected: (k,) expected events.
        low: (k,) lower end of the middle 90 % of the components, by their weights.
        high: (k,) upper end.
        probability: (k,) probability of at least one event.
        past: (k,) events in the record.
        total: Events expected in the whole study area.
        baselines: The cells that each trivial baseline would choose, as many.
        weights: Share of each component in the mixture.
        validation: Scores on past windows that no weight had seen.
        lattice: The cells and the study area.
        plane: What the metres of the lattice are measured on.
        crs: System of the outlines: the plane's own, or longitude and latitude.
        n: Events in the study area.
        fairness: The report on exposure and feedback, when one was attached.
        method: How it was computed.
        cautions: What the reader must know.
    """

    start: str
    days: int
    cell: IntArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    probability: FloatArray
    past: FloatArray
    total: Estimate
    baselines: Mapping[str, IntArray]
    weights: Mapping[str, float]
    validation: Validation
    lattice: Lattice = field(repr=False)
    plane: Plane
    crs: str
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]
    fairness: Result | None = None

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        advantage = self.validation.advantage
        return Sentence(
            "forecast",
            "%(cells)s cells (%(area)s ha) for %(days)s days from %(start)s; on %(windows)s past windows they held "
            "%(hits)s of the events, the best trivial baseline (%(name)s) %(base)s. %(verdict)s",
            {
                "cells": str(self.cell.size),
                "area": f"{self.cell.size * self.lattice.cell_ha:g}",
                "days": str(self.days),
                "start": self.start,
                "windows": str(len(self.validation.starts)),
                "hits": f"{self.validation.scores[ENSEMBLE].hit_rate.value or 0:.1%}",
                "name": self.validation.best_baseline,
                "base": f"{self.validation.scores[self.validation.best_baseline].hit_rate.value or 0:.1%}",
                "verdict": str(advantage.verdict),
            },
        )

    def plot(self) -> Plot:
        """This function will draw the capture curves of the past windows."""
        shown = (ENSEMBLE, *BASELINES)
        at = np.concatenate([[0.0], self.validation.scores[ENSEMBLE].capture[:, 0]]) * 100
        curves = [
            Line(
                name,
                np.concatenate([[0.0], self.validation.scores[name].capture[:, 1]]) * 100,
                dashed=name != ENSEMBLE,
            )
            for name in shown
        ]
        return lines(
            "Share of the events captured in past windows",
            at,
            curves,
            x_name="% of the area",
            y_name="% of the events",
        )

    def outlines(self) -> FloatArray:
        """This function will return the cells' outlines in the forecast's system.

        Returns:
            (k, 5, 2) closed counter-clockwise rings.
        """
        rings = self.lattice.boxes(self.cell)
        if self.crs == self.plane.crs:
            return rings / self.plane.metres_per_unit
        lon, lat = self.plane.inverse(rings[..., 0].ravel(), rings[..., 1].ravel())
        return np.stack([lon, lat], axis=-1).reshape(rings.shape)

    def to_dict(self) -> dict[str, Any]:
        """This function will return a GeoJSON FeatureCollection; what is not about one cell stands beside it."""
        columns = ("cell", "expected", "low", "high", "probability", "past")
        features = [
            {
                "type": "Feature",
                "id": rank + 1,
                "geometry": {"type": "Polygon", "coordinates": [ring.tolist()]},
                "properties": {"rank": rank + 1}
                | {name: getattr(self, name)[rank].item() for name in columns},
            }
            for rank, ring in enumerate(self.outlines())
        ]
        kept = (
            *("start", "days", "total", "baselines", "weights", "validation", "n"),
            *("method", "cautions", "finding"),
        )
        system = {} if self.crs == WORLD else {"crs": {"type": "name", "properties": {"name": self.crs}}}
        record = {name: as_record(getattr(self, name)) for name in kept}
        record["fairness"] = None if self.fairness is None else self.fairness.to_dict()
        record["plane"] = self.plane.crs
        record["lattice"] = as_lattice_record(self.lattice)
        record["past_total"] = self.n
        return {"type": "FeatureCollection", "features": features} | record | system


def in_degrees(plane: Plane, crs: str | None) -> str:
    """This function will say in which system cells are best written for who gave the events.

    Args:
        plane: What was measured on.
        crs: What the file's coordinates are in; None when nothing was said.

    Returns:
        The plane's own system when the file is in it, otherwise longitude and latitude.
    """
    return plane.crs if plane.is_local or crs in (None, LOCAL, plane.crs) else WORLD
