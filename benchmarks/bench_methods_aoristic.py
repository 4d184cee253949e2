"""Aoristic hours of New York's vehicle thefts, beside a numpy loop over the rows."""

import numpy as np
import pyarrow.parquet as pq

from benchmarks.methods import Row, crime_data, ratio, timed
from openilp.methods.series import aoristic

MONDAY = np.datetime64("1969-12-29T00:00", "us")
HOURS = (
    "1837.0 1985.2 1971.2 1956.3 1857.0 1661.9 1480.0 1231.7 1095.6 1032.1 1004.5 996.1 1042.8 1032.1 1028.3 1059.3 "
    "1049.1 1063.2 1147.6 1242.9 1361.9 1493.6 1568.7 1695.8"
)


def rows() -> list[Row]:
    """Measure 32,894 windows, of which 2,852 rows more lack an end."""
    table = pq.read_table(crime_data() / "nyc_vehicle_thefts" / "nyc_vehicle_thefts_2014_2017.parquet")
    starts, ends = table["date_start"].to_numpy(), table["date_end"].to_numpy()
    ours, ours_s = timed(lambda: aoristic(starts, ends), repeats=5)
    theirs, peer_s = timed(lambda: by_row(starts, ends))
    apart = float(np.abs(ours.week - theirs).max())
    oracle = np.array_equal(ours.hour.round(1), np.array(HOURS.split(), dtype=float))
    return [
        ratio(
            f"aoristic, {ours.n:,} windows: hour, weekday and week with their deviations, bad rows named",
            ours_s=ours_s,
            peer="numpy, one row at a time (week only)",
            peer_s=peer_s,
            at_least=20,
            agreement=f"week apart by {apart:.0e} events; hours {'equal to' if oracle else 'differ from'} the oracle",
            agrees=apart < 1e-6 and oracle,
        )
    ]


def by_row(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the (168,) week by the overlap of each row with every hour of it, the usual way."""
    week = np.zeros(168)
    hours = np.arange(168)
    for start, end in zip(starts, ends, strict=True):
        if np.isnat(start) or np.isnat(end) or end < start:
            continue
        begin = float((start - MONDAY) / np.timedelta64(1, "h")) % 168
        length = float((end - start) / np.timedelta64(1, "h"))
        if length == 0:
            week[int(begin)] += 1
            continue
        whole, rest = divmod(length, 168)
        share = np.full(168, whole)
        for turn in (0, 168):
            share += np.clip(
                np.minimum(begin + rest, hours + 1 + turn) - np.maximum(begin, hours + turn), 0, None
            )
        week += share / length
    return week
