"""Ridge logistic regression by Newton's method."""

import numpy as np
from scipy.special import expit

from openilp.methods.arrays import FloatArray
from openilp.methods.errors import NotSettled

_STEPS = 50


def fit_logistic(
    design: FloatArray,
    outcome: FloatArray,
    weights: FloatArray,
    *,
    ridge: float = 1.0,
    start: FloatArray | None = None,
) -> FloatArray:
    """This function will fit log-odds that are linear in the columns.

    Args:
        design: (m, p) columns on comparable scales, without a constant.
        outcome: (m,) 0 or 1.
        weights: (m,) of 0 or more; a weight of 2 counts a row twice.
        ridge: Penalty on the squared coefficients, not on the constant; keeps them finite when the columns
            separate the outcomes.
        start: (p + 1,) coefficients to begin from; near the answer they save steps and change nothing.

    Returns:
        (p + 1,) coefficients, the constant first.

    Raises:
        NotSettled: If the iteration does not settle.

    Source:
        le Cessie and van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41 (1992).
    """
    columns = np.column_stack([np.ones(len(design)), design])
    penalty = np.full(columns.shape[1], ridge)
    # A hair of penalty on the constant keeps the step finite when one outcome has no weight.
    penalty[0] = 1e-9
    beta: FloatArray = np.zeros(columns.shape[1]) if start is None else start
    worth = _objective(columns, outcome, weights, penalty, beta)
    for _ in range(_STEPS):
        probability = expit(columns @ beta)
        gradient = columns.T @ (weights * (outcome - probability)) - penalty * beta
        spread = weights * probability * (1 - probability)
        step = np.linalg.solve(columns.T @ (columns * spread[:, None]) + np.diag(penalty), gradient)
        # Halving the step keeps Newton's method from leaping past the maximum.
        for half in range(30):
            trial = beta + step / 2**half
            reached = _objective(columns, outcome, weights, penalty, trial)
            if reached >= worth - 1e-12 * abs(worth):
                break
        change, beta, worth = float(np.abs(trial - beta).max()), trial, reached
        if change < 1e-8:
            return beta
    raise NotSettled("logistic fit", _STEPS, "raise the ridge, or leave out a column that others repeat")


def _objective(
    columns: FloatArray, outcome: FloatArray, weights: FloatArray, penalty: FloatArray, beta: FloatArray
) -> float:
    eta = columns @ beta
    likelihood = weights @ (outcome * eta - np.logaddexp(0, eta))
    return float(likelihood - (penalty * beta**2).sum() / 2)
