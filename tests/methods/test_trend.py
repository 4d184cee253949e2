"""Monthly counts and trends: gaps stay gaps, known slopes come back, the fit is the likelihood's maximum."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.optimize import minimize

from openilp.methods.errors import BadValue, GapHasEvents, TooFew
from openilp.methods.series import MonthlyTrend, monthly_trend
from openilp.methods.series.poisson import fit_poisson


def events(first: str, counts: list[int]) -> np.ndarray:
    """One month per event."""
    months = np.datetime64(first, "M") + np.arange(len(counts))
    return np.repeat(months, counts)


def codes(result: MonthlyTrend) -> set[str]:
    """The cautions' names."""
    return {caution.code for caution in result.cautions}


def test_a_gap_is_missing_and_an_empty_month_is_zero() -> None:
    """A month without delivery has no count, a month without crime has 0."""
    result = monthly_trend(events("2024-01", [3, 0, 0, 2]), gaps=["2024-03"])

    assert [(month.month, month.count) for month in result.months] == [
        ("2024-01", 3),
        ("2024-02", 0),
        ("2024-03", None),
        ("2024-04", 2),
    ]
    assert "gaps" in codes(result)
    assert result.yearly_ratio is None
    assert "no_trend" in codes(result)


def test_a_gap_does_not_move_the_trend() -> None:
    """A steady series stays steady when two of its months were not delivered; as zeros they would fall."""
    counts = [200] * 8 + [0, 0] + [200] * 2

    steady = monthly_trend(events("2023-01", counts), gaps=["2023-09", "2023-10"])
    fallen = monthly_trend(events("2023-01", counts))

    assert steady.yearly_ratio is not None
    assert fallen.yearly_ratio is not None
    assert steady.yearly_ratio.value == pytest.approx(1.0, abs=0.06)
    assert fallen.yearly_ratio.value < 0.7
    assert "empty_months" in codes(fallen)
    assert steady.months[8].expected == pytest.approx(200, rel=0.06)


def test_a_known_slope_lies_in_its_interval(rng: np.random.Generator) -> None:
    """Series that fall by 20 % a year with a season are covered by the 95 % interval about 95 times in 100."""
    months = np.datetime64("2020-01", "M") + np.arange(48)
    days = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(float)
    years = np.arange(48) / 12
    mean = days * np.exp(1.5 + np.log(0.8) * years + 0.2 * np.cos(2 * np.pi * years))
    covered = 0
    for _ in range(100):
        result = monthly_trend(events("2020-01", rng.poisson(mean).tolist()))
        assert result.seasonal
        assert result.yearly_ratio is not None
        covered += result.yearly_ratio.low <= 0.8 <= result.yearly_ratio.high

    # Binomial(100, 0.95): below 88 has a probability of about 0.002.
    assert covered >= 88


def test_overdispersion_widens_the_interval(rng: np.random.Generator) -> None:
    """Counts ten times as restless as chance give an interval about three times as wide."""
    calm = rng.poisson(100, 36)
    restless = rng.negative_binomial(11, 0.1, 36)

    widths = []
    for counts in (calm, restless):
        ratio = monthly_trend(events("2020-01", counts.tolist())).yearly_ratio
        assert ratio is not None
        widths.append(np.log(ratio.high / ratio.low))

    assert widths[1] > 2 * widths[0]


def test_the_fit_is_the_maximum_of_the_likelihood(rng: np.random.Generator) -> None:
    """Reweighted least squares finds what a general optimiser finds on the Poisson likelihood."""
    design = np.stack([np.ones(30), rng.normal(0, 1, 30), rng.normal(0, 1, 30)], axis=1)
    exposure = rng.uniform(1, 3, 30)
    counts = rng.poisson(exposure * np.exp(design @ [1.0, 0.5, -0.3])).astype(float)

    def negative(coefficients: np.ndarray) -> float:
        eta = np.log(exposure) + design @ coefficients
        return float((np.exp(eta) - counts * eta).sum())

    twin = minimize(negative, np.zeros(3), method="BFGS", options={"gtol": 1e-6}).x

    np.testing.assert_allclose(fit_poisson(counts, design, exposure).coefficients, twin, atol=1e-5)


def test_events_in_one_month_determine_no_trend() -> None:
    """The counts are shown, the slope is not invented."""
    result = monthly_trend(events("2024-09", [30]), first="2024-01", last="2024-12")

    assert [month.count for month in result.months] == [0] * 8 + [30] + [0] * 3
    assert result.yearly_ratio is None
    assert "undetermined" in codes(result)


def test_missing_months_are_counted() -> None:
    """Events without a month are left out and reported."""
    result = monthly_trend(["2024-01-17", None, "2024-02"])

    assert (result.n, result.n_without_month) == (2, 1)


def test_a_gap_with_events_is_a_contradiction() -> None:
    """Either the month is no gap or the delivery was partial: a person decides."""
    with pytest.raises(GapHasEvents, match="2024-02 is declared as a gap but holds 4 events"):
        monthly_trend(events("2024-01", [3, 4, 5]), gaps=["2024-02"])


def test_an_event_outside_the_series_is_named() -> None:
    """Cutting the series is the caller's decision."""
    with pytest.raises(BadValue, match="2024-03"):
        monthly_trend(events("2024-01", [3, 4, 5]), last="2024-02")


@pytest.mark.parametrize("values", [["May"], [3, 4]])
def test_what_is_no_month_is_refused(values: list[object]) -> None:
    """The error shows what a month looks like."""
    with pytest.raises(BadValue, match="2024-05"):
        monthly_trend(values)


def test_no_event_is_refused() -> None:
    """A series needs an event."""
    with pytest.raises(TooFew, match="events with a month"):
        monthly_trend([None])


@pytest.mark.real_data
def test_avon_equals_the_published_months(crime: Path) -> None:
    """325,069 rows give the 22 published totals with the summer of 2024 as a gap."""
    folder = crime / "police_uk_avon_somerset"
    table = pq.read_table(folder / "avon_and_somerset_street_2023_2024.parquet", columns=["Month"])

    result = monthly_trend(table["Month"], gaps=["2024-07", "2024-08"])

    published: list[int | None] = [
        12566,
        12936,
        13749,
        13733,
        14862,
        14950,
        14546,
        14515,
        14510,
        14787,
        14037,
    ]
    published += [13667, 14064, 13862, 15506, 15863, 16865, 16791, None, None, 16129, 16960, 15434, 14737]
    assert [month.count for month in result.months] == published
    assert result.n == 325_069
    assert result.yearly_ratio is not None
    assert result.yearly_ratio.low > 1.0
