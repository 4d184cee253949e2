"""Local Moran: naive twin, esda's figures where it is installed, planted shapes, and what it refuses."""

import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import LOCAL, Places, Plane
from openilp.methods.space import LocalMoran, local_moran

PLANE = Plane(LOCAL)


def lattice(values: np.ndarray) -> Places:
    """So many events at the centres of cells of 100 m as the table says; the first row lies in the south."""
    y, x = np.nonzero(values)
    times = values[y, x]
    return Places(np.repeat(x * 100.0 + 50, times), np.repeat(y * 100.0 + 50, times), PLANE)


def analysed(values: np.ndarray, draws: int = 999) -> LocalMoran:
    """Local Moran of the table."""
    rng = np.random.default_rng(1)
    return local_moran(lattice(values), cell_m=100, rng=rng, possible="rectangle", draws=draws)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_it_equals_its_naive_twin(seed: int) -> None:
    """I from the definition, one cell and one neighbour at a time."""
    values = np.random.default_rng(seed).poisson(2, (5, 6))
    values[0, 0] = values[4, 5] = 1 + values.max()

    found = analysed(values, draws=9)

    mean, spread = values.mean(), ((values - values.mean()) ** 2).mean()
    for cell, moran in zip(found.cell, found.moran, strict=True):
        row, column = divmod(int(cell), 6)
        near = [
            values[r, c] - mean
            for r in range(max(row - 1, 0), min(row + 2, 5))
            for c in range(max(column - 1, 0), min(column + 2, 6))
            if (r, c) != (row, column)
        ]
        assert moran == pytest.approx((values[row, column] - mean) / spread * np.mean(near))


@pytest.mark.deep
def test_it_equals_esda(rng: np.random.Generator) -> None:
    """esda's I is (n − 1) / n of ours, and its folded p half of our two-sided one, within the draws' error."""
    esda = pytest.importorskip("esda", exc_type=ImportError)
    weights = pytest.importorskip("libpysal.weights", exc_type=ImportError)
    # Weights without ties: esda counts a tie in one tail only.
    values = rng.gamma(2.0, 1.0, (12, 15))
    cells = lattice(np.ones((12, 15), dtype=int))
    found = local_moran(cells, cell_m=100, rng=rng, weights=values.ravel(), possible="rectangle", draws=9999)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = esda.Moran_Local(
            values.ravel(), weights.lat2W(12, 15, rook=False), permutations=9999, seed=1, n_jobs=1
        )

    np.testing.assert_allclose(peer.Is, found.moran * 179 / 180, atol=1e-10)
    np.testing.assert_allclose(np.minimum(2 * peer.p_sim, 1), found.probability, atol=0.05)


def test_planted_shapes_get_their_kind(rng: np.random.Generator) -> None:
    """A block of many is high among high; one cell of many in a block of few is high among low."""
    values = rng.poisson(4, (20, 20))
    values[2:6, 2:6] = 30
    values[12:17, 12:17] = 0
    values[14, 14] = 40

    found = analysed(values, draws=9999)

    kind = np.zeros(400, dtype=int)
    kind[found.cell] = found.kind
    kind = kind.reshape(20, 20)
    assert (kind[3:5, 3:5] == 1).all()
    assert kind[14, 14] == 4
    assert found.counts["high-high"] >= 4


def test_it_says_lists_and_draws_itself(rng: np.random.Generator) -> None:
    """Words, plain data, a picture."""
    found = analysed(rng.poisson(2, (6, 6)))

    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert set(record["cells"][0]) == {"x", "y", "value", "moran", "p", "q", "kind"}
    assert "high among high" in found.in_words()
    assert "<svg" in found.plot().svg


def test_an_island_has_no_neighbours() -> None:
    """A possible cell without possible neighbours has no statistic, and is counted as such."""
    places = Places(np.array([50.0, 150.0, 250.0, 950.0, 950.0]), np.array([50.0] * 5), PLANE)

    found = local_moran(places, cell_m=100, rng=np.random.default_rng(1), possible=places, draws=99)

    assert found.n_without_neighbours == 1
    assert np.isnan(found.moran).sum() == 1
    assert found.probability[np.isnan(found.moran)].tolist() == [1.0]


def test_equal_values_are_refused() -> None:
    """Without variation nothing resembles or stands out."""
    with pytest.raises(TooFew, match="different values"):
        analysed(np.ones((4, 4), dtype=int))


@pytest.mark.parametrize("options", [{"reach": 0}, {"draws": 0}, {"false_discovery": 0.0}])
def test_a_parameter_out_of_range_is_named(options: dict) -> None:
    """Each error names the parameter."""
    with pytest.raises(BadValue):
        local_moran(lattice(np.eye(4, dtype=int)), cell_m=100, rng=np.random.default_rng(1), **options)
