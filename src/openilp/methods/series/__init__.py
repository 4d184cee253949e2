"""When: the week's rhythm, the trend over months, and the comparison of two periods."""

from openilp.methods.series.compare import PeriodChange, compare_periods
from openilp.methods.series.trend import MonthCount, MonthlyTrend, monthly_trend
from openilp.methods.series.week import HourWeekday, hour_weekday

__all__ = [
    "HourWeekday",
    "MonthCount",
    "MonthlyTrend",
    "PeriodChange",
    "compare_periods",
    "hour_weekday",
    "monthly_trend",
]
