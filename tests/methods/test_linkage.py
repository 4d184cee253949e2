"""Case linkage on planted series: found again, calibrated on unseen ones, silent about noise."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from openilp.methods.errors import BadValue, NotSettled, TooFew
from openilp.methods.places import Places
from openilp.methods.series import LinkageModel, link_cases, logistic, train_linkage
from openilp.methods.series.cases import Cases, Evidence, candidate_pairs, read_cases
from openilp.methods.series.logistic import fit_logistic
from openilp.methods.series.planted import plant_series


def background(rng: np.random.Generator, n: int) -> Cases:
    """Cases without any series: places, times and ways of acting dealt out at random."""
    cases, _ = read_cases(
        [f"c{row}" for row in range(n)],
        Places.measured(rng.uniform(10_000, 20_000, n), rng.uniform(10_000, 20_000, n)),
        np.datetime64("2024-01-02", "m") + rng.integers(0, 180 * 1440, n).astype("timedelta64[m]"),
        categories={
            "entry": rng.choice(["window", "door", "roof"], n, p=[0.6, 0.35, 0.05]),
            "noise": rng.choice(["x", "y"], n),
        },
        sets={"taken": [";".join(rng.choice(["cash", "jewels", "tools", "phones"], 2)) for _ in range(n)]},
    )
    return cases


@pytest.fixture(scope="module")
def world() -> tuple[Cases, LinkageModel]:
    """Five hundred cases with eighty planted series, and a model trained on them; `noise` tells nothing."""
    rng = np.random.default_rng(5)
    cases = plant_series(background(rng, 500), series=80, consistency=0.8, rng=rng)
    n = len(cases)
    cases = Cases(
        cases.ids, cases.xy, cases.day, cases.hour,
        {"entry": cases.categories["entry"], "noise": tuple(rng.choice(["x", "y"], n))},
        cases.sets, cases.series,
    )  # fmt: skip
    return cases, train_linkage(cases, bootstraps=20, planted=True, rng=rng)


def test_ridge_logistic_regression_equals_scikit_learn(rng: np.random.Generator) -> None:
    """The same penalised maximum, with weights."""
    design = rng.normal(size=(300, 4))
    outcome = (rng.random(300) < 1 / (1 + np.exp(-design @ [1, -2, 0, 0.5] + 1))).astype(float)
    weights = rng.uniform(0.5, 3, 300)

    ours = fit_logistic(design, outcome, weights, ridge=2.0)

    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000).fit(design, outcome, sample_weight=weights)
    np.testing.assert_allclose(ours, [*theirs.intercept_, *theirs.coef_[0]], atol=1e-5)


def test_separated_outcomes_stay_finite() -> None:
    """Where a column tells the outcome without fail the penalty keeps its coefficient finite."""
    found = fit_logistic(np.array([[-1.0], [-1.0], [1.0], [1.0]]), np.array([0.0, 0, 1, 1]), np.ones(4))

    assert np.isfinite(found).all()
    assert found[1] > 0


def test_a_fit_without_an_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too few steps end in one line that names them."""
    monkeypatch.setattr(logistic, "_STEPS", 1)
    with pytest.raises(NotSettled, match="within 1 steps"):
        fit_logistic(np.array([[-1.0], [-0.5], [0.5], [1.0]]), np.array([0.0, 1, 0, 1]), np.ones(4))


def test_unseen_series_are_ranked_and_calibrated(world: tuple[Cases, LinkageModel]) -> None:
    """Held-out links score high, beat a constant, and happen as often as stated."""
    validation = world[1].validation

    assert validation.n_series >= 70
    assert validation.auc > 0.9
    assert validation.brier < 0.9 * validation.brier_base
    for each in validation.reliability:
        # Four binomial standard errors, with the weight of pairs of one series on top.
        room = 4 * np.sqrt(max(each.predicted * (1 - each.predicted), 0.01) / each.n * 3)
        assert abs(each.predicted - each.observed) <= room + 0.02


def test_noise_gets_no_weight(world: tuple[Cases, LinkageModel]) -> None:
    """A variable that does not tell series apart moves the log-odds little; nearness and way of acting a lot."""
    model = world[1]
    size = dict(zip(model.evidence.variables, np.abs(model.coefficients[1:]), strict=True))

    assert size["noise shared"] + size["noise differs"] < 0.3
    assert size["distance"] > 0.5
    assert size["entry differs"] + size["entry shared"] > 0.3


def test_a_new_series_is_found_with_its_reasons(
    world: tuple[Cases, LinkageModel], rng: np.random.Generator
) -> None:
    """Unsolved cases of one planted offender link to each other, with an interval and what speaks for it."""
    unsolved = plant_series(
        background(rng, 150), series=4, cases_each=5, consistency=0.9, spread_m=300, rng=rng
    )
    truth = np.array([name if name.startswith("planted") else "" for name in map(str, unsolved.series)])
    blind = Cases(
        unsolved.ids, unsolved.xy, unsolved.day, unsolved.hour, unsolved.categories, unsolved.sets,
        (None,) * len(unsolved),
    )  # fmt: skip

    result = link_cases(blind, world[1], least_probability=0.3)

    place = {name: row for row, name in enumerate(blind.ids)}
    right = [truth[place[link.first]] == truth[place[link.second]] != "" for link in result.pairs]
    assert len(right) >= 5
    assert np.mean(right) > 0.5
    assert all(link.probability_low <= link.probability <= link.probability_high for link in result.pairs)
    assert [link.probability for link in result.pairs] == sorted(
        (each.probability for each in result.pairs), reverse=True
    )
    assert set(result.pairs[0].evidence) == {"distance", "delay", "time of day", "entry", "noise", "taken"}
    assert {"link_is_a_lead", "planted_training", "linkage_blocked"} <= {
        each.code for each in result.cautions
    }
    assert result.groups
    assert all(group.weakest_probability <= group.mean_probability for group in result.groups)
    assert result.to_dict()["pairs"][0]["first"] in place
    assert result.plot().svg.startswith("<svg")


def test_another_share_of_links_moves_the_probabilities(world: tuple[Cases, LinkageModel]) -> None:
    """Twice the odds beforehand are twice the odds afterwards."""
    cases, model = world
    blind = Cases(
        cases.ids, cases.xy, cases.day, cases.hour, cases.categories, cases.sets, (None,) * len(cases)
    )
    odds = model.prevalence / (1 - model.prevalence) * 2

    plain, doubled = (
        link_cases(blind, model, prior=prior, least_probability=0.01).pairs[0]
        for prior in (None, odds / (1 + odds))
    )

    assert (plain.first, plain.second) == (doubled.first, doubled.second)
    assert doubled.probability / (1 - doubled.probability) == pytest.approx(
        2 * plain.probability / (1 - plain.probability)
    )


def test_known_pairs_are_not_listed_and_known_series_are_named(world: tuple[Cases, LinkageModel]) -> None:
    """A pair of two solved cases is no lead; a link to a solved case names its series."""
    cases, model = world
    rows = np.arange(len(cases))
    series = tuple(None if row % 2 else cases.series[row] for row in rows)
    half = Cases(cases.ids, cases.xy, cases.day, cases.hour, cases.categories, cases.sets, series)

    result = link_cases(half, model)

    solved = {name for name, label in zip(half.ids, series, strict=True) if label is not None}
    assert all(not {link.first, link.second} <= solved for link in result.pairs)
    assert {link.series for link in result.pairs if {link.first, link.second} & solved} != {None}


def test_candidate_pairs_are_those_within_both_limits(rng: np.random.Generator) -> None:
    """Blocking keeps exactly the pairs near in place and time."""
    cases = background(rng, 60)

    first, second = candidate_pairs(cases, within_m=2500, within_days=40)

    expected = {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if np.hypot(*(cases.xy[i] - cases.xy[j])) <= 2500 and abs(cases.day[i] - cases.day[j]) <= 40
    }
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == expected


def test_agreeing_on_the_rare_weighs_more_and_the_unknown_speaks_neither_way() -> None:
    """Two cases by the roof are more alike than two by the window; an unknown entry is 0 in both columns."""
    cases, left = read_cases(
        list("abcdefg"),
        Places.measured([1000.0 + 10 * k for k in range(7)], [1000.0] * 7),
        np.datetime64("2024-01-02", "m") + np.arange(7),
        categories={"entry": ["roof", "roof", "window", "window", "window", "window", None]},
        sets={"taken": ["cash;tools", "cash", "", "tools", "tools", "cash", "cash"]},
    )
    evidence = Evidence.learn(cases)

    columns = evidence.of(cases, np.array([0, 2, 0, 0, 1]), np.array([1, 3, 6, 2, 3]))

    at = {name: columns[:, column] for column, name in enumerate(evidence.variables)}
    assert left == ()
    assert at["entry shared"][0] > at["entry shared"][1] > 0
    assert (at["entry shared"][2], at["entry differs"][2]) == (0, 0)
    assert at["entry differs"][3] == 1
    assert (at["taken shared"][1], at["taken differs"][1]) == (0, 0)
    assert at["taken differs"][0] == pytest.approx(0.5)
    assert (at["taken shared"][4], at["taken differs"][4]) == (0, 1)


def test_refusals_say_what_to_do(world: tuple[Cases, LinkageModel], rng: np.random.Generator) -> None:
    """Names twice, too few series, nothing unsolved, shares that are none."""
    where, when = (
        Places.measured([1000.0, 1001.0], [1000.0, 1001.0]),
        np.array(["2024-01-02T10:00"] * 2, "datetime64[m]"),
    )
    with pytest.raises(BadValue, match="stands in row 1 too"):
        read_cases(["a", "a"], where, when)
    with pytest.raises(BadValue, match="missing"):
        read_cases(["a", None], where, when)
    with pytest.raises(TooFew, match="known series with two near cases"):
        train_linkage(background(rng, 50), rng=rng)
    with pytest.raises(TooFew, match="without a known series"):
        link_cases(world[0], world[1])
    with pytest.raises(BadValue, match="probability between 0 and 1"):
        link_cases(world[0], world[1], prior=1.5)
    with pytest.raises(TooFew, match="plant series among"):
        plant_series(background(rng, 5), rng=rng)
    with pytest.raises(BadValue, match="consistency"):
        plant_series(background(rng, 50), consistency=2, rng=rng)
