"""Sensitivity to cells: a cluster stays, noise goes, and each number is that of the maps."""

import json

import numpy as np
import pytest

from openilp.methods.errors import BadValue
from openilp.methods.places import LOCAL, Places, Plane
from openilp.methods.space import cell_sensitivity, hot_spots


def town(rng: np.random.Generator) -> Places:
    """800 even events and a cluster of 150 around (3000, 3000)."""
    xy = np.concatenate([rng.uniform(0, 6000, (800, 2)), rng.normal(3000, 120, (150, 2))])
    return Places(xy[:, 0], xy[:, 1], Plane(LOCAL))


def test_a_cluster_stays_whatever_the_cells(rng: np.random.Generator) -> None:
    """Its middle is hot on all maps; far from it almost nothing is."""
    found = cell_sensitivity(town(rng), cells_m=[200, 300, 450], shifts=2, possible="rectangle")

    x, y = np.meshgrid(*found.grid.centres())
    away = np.hypot(x - 3000, y - 3000)
    assert (found.persistence[away < 100] == 1).all()
    assert found.persistence[away > 1500].mean() < 0.02
    assert len(found.variants) == 12
    assert 0 < found.always_m2 < found.ever_m2


def test_one_size_unmoved_is_the_map_itself(rng: np.random.Generator) -> None:
    """The naive case: persistence is 1 in the hot cells and 0 elsewhere, and the line has its numbers."""
    events = town(rng)
    single = hot_spots(events, cell_m=250, possible="rectangle")

    found = cell_sensitivity(events, cells_m=[250], shifts=1, possible="rectangle")

    assert np.flatnonzero(found.persistence).tolist() == sorted(single.cell[single.direction == 1].tolist())
    variant = found.variants[0]
    assert (variant.n_hot, variant.agreement) == (single.n_hot, 1.0)
    assert variant.hot_m2 == found.always_m2 == single.n_hot * 250**2
    assert variant.share_of_events == pytest.approx(single.count[single.direction == 1].sum() / 950)


def test_it_says_lists_and_draws_itself(rng: np.random.Generator) -> None:
    """Words, plain data, a picture."""
    found = cell_sensitivity(town(rng), cells_m=[300, 500], shifts=1)

    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert all(0 < cell["persistence"] <= 1 for cell in record["cells"])
    assert "on at least one of 2 maps" in found.in_words()
    assert "<svg" in found.plot().svg


@pytest.mark.parametrize(
    "options", [{"cells_m": []}, {"cells_m": [100, 100]}, {"cells_m": [-1]}, {"shifts": 0}]
)
def test_a_parameter_out_of_range_is_named(options: dict, rng: np.random.Generator) -> None:
    """Sizes that repeat or are no lengths, and shifts that are none."""
    with pytest.raises(BadValue):
        cell_sensitivity(town(rng), **{"cells_m": [300], **options})
