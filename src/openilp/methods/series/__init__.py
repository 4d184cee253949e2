"""When: near repeats, the hours of the week, trend and season, changes, repeats, and cases that belong together."""

from openilp.methods.series.aoristic import Aoristic, aoristic
from openilp.methods.series.bands import Bands
from openilp.methods.series.cases import Cases
from openilp.methods.series.change_points import Change, ChangePoints, change_points
from openilp.methods.series.compare import PeriodChange, compare_periods
from openilp.methods.series.exceptional import ExceptionalCounts, WatchedCount, exceptional_counts
from openilp.methods.series.linkage import Link, LinkedCases, link_cases
from openilp.methods.series.linkage_model import LinkageModel, LinkageValidation, train_linkage
from openilp.methods.series.mantel import Mantel, mantel
from openilp.methods.series.near_repeat import NearRepeat, near_repeat
from openilp.methods.series.repeats import Repeats, repeats
from openilp.methods.series.season import Season, season
from openilp.methods.series.trend import MonthCount, MonthlyTrend, monthly_trend
from openilp.methods.series.week import HourWeekday, hour_weekday

__all__ = [
    "Aoristic",
    "Bands",
    "Cases",
    "Change",
    "ChangePoints",
    "ExceptionalCounts",
    "HourWeekday",
    "Link",
    "LinkageModel",
    "LinkageValidation",
    "LinkedCases",
    "Mantel",
    "MonthCount",
    "MonthlyTrend",
    "NearRepeat",
    "PeriodChange",
    "Repeats",
    "Season",
    "WatchedCount",
    "aoristic",
    "change_points",
    "compare_periods",
    "exceptional_counts",
    "hour_weekday",
    "link_cases",
    "mantel",
    "monthly_trend",
    "near_repeat",
    "repeats",
    "season",
    "train_linkage",
]
