"""Poisson regression with a penalty: which of many candidate columns raise a count?"""

import numpy as np
from scipy.special import gammaln

from openilp.methods.arrays import FloatArray

# Newton's steps and sweeps of coordinates stop when nothing moves by more than this.
STILL = 1e-8
STEPS, SWEEPS = 50, 500
# A linear predictor beyond this is no rate of events but a column that splits the data.
MOST_ETA = 30.0


def fit_penalised(x: FloatArray, y: FloatArray, penalty: float, start: FloatArray) -> FloatArray:
    """This function will fit log-rates with coefficients of 0 or more, pulled towards 0.

    Minimises `mean(exp(Xb) - y Xb) + penalty · sum(b[1:])` with b[1:] ≥ 0.

    Args:
        x: (n, p) columns; the first is the constant, which is not penalised.
        y: (n,) counts.
        penalty: Of the sum of the coefficients.
        start: (p,) coefficients to begin with.

    Returns:
        (p,) coefficients.

    Source:
        Friedman, Hastie and Tibshirani, Journal of Statistical Software 33 (2010): Newton's approximation,
        minimised by coordinates.
    """
    b = start.copy()
    n = len(y)
    for _ in range(STEPS):
        eta = np.clip(x @ b, -MOST_ETA, MOST_ETA)
        mu = np.exp(eta)
        gram = (x * mu[:, None]).T @ x / n
        target = gram @ b + x.T @ (y - mu) / n
        before = b.copy()
        _sweep(b, gram, target, penalty)
        if np.abs(b - before).max() < STILL:
            break
    return b


def _sweep(b: FloatArray, gram: FloatArray, target: FloatArray, penalty: float) -> None:
    """Minimise the quadratic by one coordinate after the other, in place."""
    for _ in range(SWEEPS):
        moved = 0.0
        for j in range(len(b)):
            if gram[j, j] <= 0:
                continue
            free = target[j] - gram[j] @ b + gram[j, j] * b[j]
            new = free / gram[j, j] if j == 0 else max(0.0, (free - penalty) / gram[j, j])
            moved = max(moved, abs(new - b[j]))
            b[j] = new
        if moved < STILL / 10:
            return


def largest_penalty(x: FloatArray, y: FloatArray) -> float:
    """This function will return the smallest penalty under which all coefficients are 0.

    Args:
        x: (n, p) columns; the first is the constant.
        y: (n,) counts.
    """
    return float(max((x[:, 1:].T @ (y - y.mean())).max(initial=0.0) / len(y), 1e-12))


def fit(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """This function will fit log-rates without penalty.

    Args:
        x: (n, p) columns, none of which repeats the others.
        y: (n,) counts.

    Returns:
        (p,) coefficients, their (p, p) covariance under Poisson variance, and the dispersion: Pearson's
        statistic over its degrees of freedom, 1 for Poisson counts.

    Source:
        McCullagh and Nelder, "Generalized Linear Models" (1989), sections 2.5 and 6.2.
    """
    b = np.zeros(x.shape[1])
    b[0] = np.log(max(float(y.mean()), 1e-12))
    for _ in range(STEPS):
        mu = np.exp(np.clip(x @ b, -MOST_ETA, MOST_ETA))
        step = np.linalg.solve((x * mu[:, None]).T @ x, x.T @ (y - mu))
        b += step
        if np.abs(step).max() < STILL:
            break
    mu = np.exp(np.clip(x @ b, -MOST_ETA, MOST_ETA))
    dispersion = float((((y - mu) ** 2) / mu).sum() / max(len(y) - x.shape[1], 1))
    return b, np.asarray(np.linalg.inv((x * mu[:, None]).T @ x), dtype=np.float64), dispersion


def information(x: FloatArray, y: FloatArray, b: FloatArray) -> float:
    """This function will return the Bayesian information criterion of a fit: less is better.

    Args:
        x: (n, p) columns.
        y: (n,) counts.
        b: (p,) coefficients; those of 0 cost nothing.
    """
    eta = np.clip(x @ b, -MOST_ETA, MOST_ETA)
    likelihood = float((y * eta - np.exp(eta) - gammaln(y + 1)).sum())
    return -2 * likelihood + float(np.log(len(y))) * int(np.count_nonzero(b))
