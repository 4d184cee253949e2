"""Events whose truth is known: a self-exciting process, and a city with hot cells."""

import numpy as np
from numpy.typing import NDArray


def hawkes(
    rng: np.random.Generator,
    *,
    background: int,
    branching: float,
    lag: float,
    distance: float,
    side: float = 20_000.0,
    days: int = 1000,
    by_day: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Places (n, 2) and times of a self-exciting process on a square, with a uniform background."""
    n = rng.poisson(background)
    generation = np.column_stack([rng.uniform(0, side, (n, 2)), rng.uniform(0, days, n)])
    if by_day:
        generation[:, 2] = np.floor(generation[:, 2])
    found = [generation]
    while len(generation):
        parents = np.repeat(generation, rng.poisson(branching, len(generation)), axis=0)
        delay = (
            rng.geometric(-np.expm1(-1 / lag), len(parents)) if by_day else rng.exponential(lag, len(parents))
        )
        moved = parents[:, :2] + rng.normal(0, distance, (len(parents), 2))
        generation = np.column_stack([moved, parents[:, 2] + delay])
        generation = generation[generation[:, 2] < days]
        found.append(generation)
    events = np.concatenate(found)
    when = np.datetime64("2020-01-01T00:00:00", "us") + (events[:, 2] * 86_400e6).astype("timedelta64[us]")
    return events[:, :2], when.astype("datetime64[D]") if by_day else when


def hot_city(
    rng: np.random.Generator, *, n: int = 1500, days: int = 900, side: float = 4000.0, hot: int = 6
) -> tuple[NDArray[np.float64], NDArray[np.datetime64], NDArray[np.float64]]:
    """Places, dates, and the centres of the cells of 200 m that hold half of all events."""
    corners = rng.choice(int(side // 200) ** 2, hot, replace=False)
    centres = np.column_stack([corners % int(side // 200), corners // int(side // 200)]) * 200.0 + 100.0
    there = rng.random(n) < 0.5
    places = np.where(
        there[:, None],
        centres[rng.integers(0, hot, n)] + rng.uniform(-95, 95, (n, 2)),
        rng.uniform(0, side, (n, 2)),
    )
    when = np.datetime64("2020-01-01", "D") + rng.integers(0, days, n)
    return places, when, centres
