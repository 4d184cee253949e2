"""Where next: cells in which events are to be expected, beside trivial baselines, and how good that was."""

from openilp.methods.forecast.cells import forecast_cells, forecast_horizons
from openilp.methods.forecast.chosen import Forecast
from openilp.methods.forecast.history import History
from openilp.methods.forecast.kernels import (
    cell_counts,
    exponential_decay,
    kernel_forecast,
    prospective_kernel,
    shrunken_counts,
)
from openilp.methods.forecast.lattice import Lattice
from openilp.methods.forecast.learning import Replay, gradient_boosting, poisson_regression
from openilp.methods.forecast.nij import Submission, nij_submission
from openilp.methods.forecast.outcome import CellFile, Outcome, score_forecast
from openilp.methods.forecast.scores import Advantage, Score, compare_choices, score_cells
from openilp.methods.forecast.self_exciting import SelfExciting, fit_self_exciting
from openilp.methods.forecast.thin import NoForecast

__all__ = [
    "Advantage",
    "CellFile",
    "Forecast",
    "History",
    "Lattice",
    "NoForecast",
    "Outcome",
    "Replay",
    "Score",
    "SelfExciting",
    "Submission",
    "cell_counts",
    "compare_choices",
    "exponential_decay",
    "fit_self_exciting",
    "forecast_cells",
    "forecast_horizons",
    "gradient_boosting",
    "kernel_forecast",
    "nij_submission",
    "poisson_regression",
    "prospective_kernel",
    "score_cells",
    "score_forecast",
    "shrunken_counts",
]
