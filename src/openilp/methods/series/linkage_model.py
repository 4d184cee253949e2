"""A model of how alike cases of one series are: trained on known series, validated on series that it has not seen."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.special import expit, logit
from scipy.stats import rankdata

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import TooFew
from openilp.methods.series.cases import Cases, Evidence, candidate_pairs
from openilp.methods.series.logistic import fit_logistic

# Fewer series than folds cannot be held out in turn; ten give each fold two.
LEAST_SERIES = 10
FOLDS = 5
# More unlinked pairs add time, not knowledge: the linked ones are the scarce side.
MOST_UNLINKED = 10_000
BINS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Held-out pairs whose probability lay in one range.

    Attributes:
        low: From this probability.
        high: To this one.
        n: Pairs, sampled unlinked ones counted with their weight.
        predicted: Mean probability.
        observed: Share that were linked.
    """

    low: float
    high: float
    n: float
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class LinkageValidation:
    """How the model does on cases of series that it was not trained on.

    Attributes:
        n_cases: Labelled cases.
        n_series: Series of two or more cases.
        n_linked: Linked pairs among the candidates.
        n_unlinked: Unlinked pairs among the candidates.
        blocking_recall: Share of all linked pairs near enough to be candidates; the others cannot be found.
        auc: Probability that a linked pair scores above an unlinked one.
        brier: Mean squared error of the probability.
        brier_base: The same for always stating the share of linked pairs.
        slope: Calibration slope before correction; below 1 the raw model was too sure.
        reliability: Stated against observed probability, each fold corrected by the others.
    """

    n_cases: int
    n_series: int
    n_linked: int
    n_unlinked: int
    blocking_recall: float
    auc: float
    brier: float
    brier_base: float
    slope: float
    reliability: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class LinkageModel:
    """Coefficients of the evidence, their bootstrap copies, and the calibration.

    Attributes:
        evidence: How likeness is measured.
        centre: (p,) means of the columns in training.
        scale: (p,) standard deviations.
        coefficients: (p + 1,) of the standardised columns, the constant first.
        draws: (b, p + 1) the same from bootstrap samples of the series.
        calibration: Constant and slope that turn the score into a log-odds.
        within_m: Largest distance of a candidate pair.
        within_days: Largest delay of one.
        prevalence: Share of linked pairs among the candidates in training.
        validation: How it does on unseen series.
        planted: Whether the series were planted by simulation.
    """

    evidence: Evidence
    centre: FloatArray
    scale: FloatArray
    coefficients: FloatArray
    draws: FloatArray
    calibration: tuple[float, float]
    within_m: float
    within_days: float
    prevalence: float
    validation: LinkageValidation
    planted: bool

    def standardised(self, columns: FloatArray) -> FloatArray:
        """This function will bring columns of evidence onto the scale of the coefficients.

        Args:
            columns: (m, p).
        """
        return (columns - self.centre) / self.scale


@dataclass(frozen=True, slots=True)
class _Training:
    """Labelled candidate pairs, unlinked ones sampled and weighted."""

    first: IntArray
    second: IntArray
    linked: FloatArray
    weights: FloatArray
    columns: FloatArray
    series: IntArray


def train_linkage(
    cases: Cases,
    *,
    within_m: float = 3_000.0,
    within_days: float = 60.0,
    bootstraps: int = 100,
    planted: bool = False,
    rng: Generator,
) -> LinkageModel:
    """This function will learn from cases of known series which likeness means the same offender.

    Question:
        How much do nearness, haste and the same way of acting say that two cases belong together?

    Assumptions:
        - The labelled cases are like those to be linked; solved series may be the easy ones.
        - Cases of different labels are by different offenders.

    Traps:
        - Pairs of one series hang together: series, not pairs, are held out and resampled.
        - Links beyond `within_m` or `within_days` cannot be found; `blocking_recall` says how many that is.
        - Solved series were often solved because they were near and alike; the model learns that selection.

    Args:
        cases: Cases; those whose series is None are not used.
        within_m: Largest distance of a pair that is compared, in metres.
        within_days: Largest delay of one, in days.
        bootstraps: Refits on resampled series, for the intervals.
        planted: Whether the labels come from `plant_series`.
        rng: Random generator; the caller owns the seed.

    Returns:
        A model with its validation on unseen series.

    Raises:
        TooFew: If fewer than ten series have a candidate pair, or no unlinked pair is near.
        BadValue: If a limit is not above 0.
        NotSettled: If the fit does not settle.

    Oracle:
        Planted series: held-out probabilities are calibrated and rank linked pairs first; a variable of pure noise gets
        no weight; ridge logistic regression equal to scikit-learn's (`test_linkage.py`).

    Cost:
        Time pairs within the blocks times variables, for each bootstrap; at most 10,000 unlinked pairs are used.

    Not for:
        Fewer than ten known series; linking persons rather than cases.

    Source:
        Bennell and Canter, Science & Justice 42 (2002), for logistic regression on pairs; Porter, "A statistical
        approach to crime linkage", The American Statistician 70 (2016), for evidence variables and clustering;
        Platt 1999 for the calibration.
    """
    known = cases.only(np.flatnonzero(cases.labelled))
    evidence = Evidence.learn(known)
    training, unlinked, all_linked = _pairs(known, evidence, within_m, within_days, rng)
    linked = training.linked == 1
    n_series = len(np.unique(training.series[training.first[linked]]))
    if n_series < LEAST_SERIES:
        raise TooFew("known series with two near cases", n_series, LEAST_SERIES)
    if linked.all():
        raise TooFew("near pairs of different series", 0, 1)
    centre, scale = _scale(training)
    columns = (training.columns - centre) / scale
    coefficients = fit_logistic(columns, training.linked, training.weights)
    held_out, fold = _held_out(training, columns, rng)
    calibration = _platt(held_out, training.linked, training.weights)
    crossed = _crossed(held_out, fold, training)
    draws = _bootstrap(training, columns, coefficients, bootstraps, rng)
    n_linked = int(linked.sum())
    return LinkageModel(
        evidence=evidence,
        centre=centre,
        scale=scale,
        coefficients=coefficients,
        draws=draws,
        calibration=calibration,
        within_m=within_m,
        within_days=within_days,
        prevalence=n_linked / (n_linked + unlinked),
        validation=_validation(known, n_series, training, unlinked, all_linked, crossed, calibration[1]),
        planted=planted,
    )


def _pairs(
    known: Cases, evidence: Evidence, within_m: float, within_days: float, rng: Generator
) -> tuple[_Training, int, int]:
    _, series, sizes = np.unique(
        np.array(known.series, dtype=np.str_), return_inverse=True, return_counts=True
    )
    first, second = candidate_pairs(known, within_m=within_m, within_days=within_days)
    same = series[first] == series[second]
    apart = np.flatnonzero(~same)
    used = rng.choice(apart, MOST_UNLINKED, replace=False) if len(apart) > MOST_UNLINKED else apart
    rows = np.sort(np.concatenate([np.flatnonzero(same), used]))
    linked = same[rows].astype(np.float64)
    weights = np.where(linked == 1, 1.0, len(apart) / max(len(used), 1))
    first, second = first[rows], second[rows]
    columns = evidence.of(known, first, second)
    training = _Training(first, second, linked, weights, columns, series.astype(np.int64))
    return training, len(apart), int((sizes * (sizes - 1) // 2).sum())


def _scale(training: _Training) -> tuple[FloatArray, FloatArray]:
    centre = np.average(training.columns, axis=0, weights=training.weights)
    spread = np.sqrt(np.average((training.columns - centre) ** 2, axis=0, weights=training.weights))
    return centre, np.where(spread > 0, spread, 1.0)


def _held_out(training: _Training, columns: FloatArray, rng: Generator) -> tuple[FloatArray, IntArray]:
    """Score each pair by a model that has seen no pair of either of the fold's series."""
    of_series = rng.permutation(np.arange(training.series.max() + 1) % FOLDS)
    one, other = (of_series[training.series[rows]] for rows in (training.first, training.second))
    # A pair across two folds is held out with one of them, by a fair coin.
    fold = np.where(rng.random(len(one)) < 0.5, one, other)
    scores = np.empty(len(fold))
    for k in range(FOLDS):
        seen, held = (one != k) & (other != k), fold == k
        beta = fit_logistic(columns[seen], training.linked[seen], training.weights[seen])
        scores[held] = beta[0] + columns[held] @ beta[1:]
    return scores, fold


def _platt(scores: FloatArray, linked: FloatArray, weights: FloatArray) -> tuple[float, float]:
    constant, slope = fit_logistic(scores[:, None], linked, weights, ridge=1e-6)
    return float(constant), float(slope)


def _crossed(scores: FloatArray, fold: IntArray, training: _Training) -> FloatArray:
    """Correct the scores of each fold by a calibration that the others gave."""
    probability = np.empty(len(scores))
    for k in range(FOLDS):
        others = fold != k
        constant, slope = _platt(scores[others], training.linked[others], training.weights[others])
        probability[~others] = expit(constant + slope * scores[~others])
    return probability


def _bootstrap(
    training: _Training, columns: FloatArray, start: FloatArray, bootstraps: int, rng: Generator
) -> FloatArray:
    n = int(training.series.max()) + 1
    draws = []
    for _ in range(bootstraps):
        times = rng.multinomial(n, np.full(n, 1 / n)).astype(np.float64)
        one, other = (times[training.series[rows]] for rows in (training.first, training.second))
        weight = training.weights * np.where(training.linked == 1, one, one * other)
        drawn = weight > 0
        draws.append(fit_logistic(columns[drawn], training.linked[drawn], weight[drawn], start=start))
    return np.array(draws).reshape(bootstraps, columns.shape[1] + 1)


def _validation(
    known: Cases,
    n_series: int,
    training: _Training,
    unlinked: int,
    all_linked: int,
    probability: FloatArray,
    slope: float,
) -> LinkageValidation:
    linked, weights = training.linked, training.weights
    base = float(np.average(linked, weights=weights))
    n_linked, n_unlinked = int(linked.sum()), int((linked == 0).sum())
    ranks = rankdata(probability)
    auc = (ranks[linked == 1].sum() - n_linked * (n_linked + 1) / 2) / (n_linked * n_unlinked)
    return LinkageValidation(
        n_cases=len(known),
        n_series=n_series,
        n_linked=n_linked,
        n_unlinked=unlinked,
        blocking_recall=n_linked / all_linked,
        auc=float(auc),
        brier=float(np.average((probability - linked) ** 2, weights=weights)),
        brier_base=float(np.average((base - linked) ** 2, weights=weights)),
        slope=slope,
        reliability=_reliability(probability, linked, weights),
    )


def _reliability(
    probability: FloatArray, linked: FloatArray, weights: FloatArray
) -> tuple[ReliabilityBin, ...]:
    place = np.clip(np.searchsorted(BINS, probability, side="right") - 1, 0, len(BINS) - 2)
    bins = []
    for k, (low, high) in enumerate(itertools.pairwise(BINS)):
        inside = place == k
        if inside.any():
            weight = weights[inside]
            bins.append(
                ReliabilityBin(
                    low,
                    high,
                    float(weight.sum()),
                    float(np.average(probability[inside], weights=weight)),
                    float(np.average(linked[inside], weights=weight)),
                )
            )
    return tuple(bins)


def log_odds(model: LinkageModel, columns: FloatArray, prior: float | None) -> tuple[FloatArray, FloatArray]:
    """This function will score pairs by the model and by its bootstrap copies.

    Args:
        model: The trained model.
        columns: (m, p) standardised evidence.
        prior: Share of linked pairs to expect among the candidates; that of training when None.

    Returns:
        (m,) calibrated log-odds, and (b, m) those of the copies.
    """
    constant, slope = model.calibration
    shift = 0.0 if prior is None else float(logit(prior) - logit(model.prevalence))
    score = model.coefficients[0] + columns @ model.coefficients[1:]
    copies = model.draws[:, :1] + model.draws[:, 1:] @ columns.T
    return constant + slope * score + shift, constant + slope * copies + shift
