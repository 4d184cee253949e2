"""Quasi-Poisson regression by iteratively reweighted least squares."""

from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import FloatArray

# Newton steps are quadratic near the solution; real series need five to eight.
MAX_STEPS = 100


@dataclass(frozen=True, slots=True)
class PoissonFit:
    """A fitted log-linear model.

    Attributes:
        coefficients: (p,) on the log scale.
        covariance: (p, p), already multiplied by `max(dispersion, 1)`.
        fitted: (n,) expected counts.
        dispersion: Pearson statistic per degree of freedom.
        freedom: n - p.
        residuals: (n,) Pearson residuals.
    """

    coefficients: FloatArray
    covariance: FloatArray
    fitted: FloatArray
    dispersion: float
    freedom: int
    residuals: FloatArray


def fit_poisson(counts: FloatArray, design: FloatArray, exposure: FloatArray) -> PoissonFit:
    """This function will fit `log E(count) = log exposure + design · coefficients`.

    Args:
        counts: (n,) counts with a sum above 0.
        design: (n, p) of full rank with a constant column, p < n.
        exposure: (n,) above 0.

    Returns:
        The fit with a covariance that allows for over-dispersion.

    Raises:
        ArithmeticError: If the iteration does not settle, as when all events lie in the last month.

    Source:
        McCullagh and Nelder, Generalized Linear Models, sections 2.5 and 6.2.
    """
    # Half a count lifts zeros off the logarithm's pole; it affects the start only.
    eta: FloatArray = np.log((counts + 0.5) / exposure)
    coefficients: FloatArray = np.zeros(design.shape[1])
    deviance = np.inf
    for _ in range(MAX_STEPS):
        fitted = exposure * np.exp(eta)
        working = eta + (counts - fitted) / fitted
        root = np.sqrt(fitted)
        coefficients = np.asarray(np.linalg.lstsq(design * root[:, None], working * root, rcond=None)[0])
        eta = design @ coefficients
        fitted = exposure * np.exp(eta)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(counts > 0, counts * np.log(counts / fitted), 0.0)
        previous, deviance = deviance, float(2 * (logs - counts + fitted).sum())
        if abs(previous - deviance) <= 1e-12 * (abs(deviance) + 1):
            break
    else:
        raise ArithmeticError(f"The trend did not settle within {MAX_STEPS} steps; look at the counts.")
    freedom = len(counts) - design.shape[1]
    residuals = (counts - fitted) / np.sqrt(fitted)
    dispersion = float((residuals**2).sum() / freedom)
    information = design.T @ (design * fitted[:, None])
    covariance: FloatArray = np.asarray(np.linalg.inv(information)) * max(dispersion, 1.0)
    return PoissonFit(coefficients, covariance, fitted, dispersion, freedom, residuals)
