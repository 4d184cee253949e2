"""Near repeats (Knox) beside pointpats, and all permutations beside finding the close pairs once."""

import warnings

import numpy as np
import pyarrow.parquet as pq

from benchmarks.methods import Row, crime_data, peak_bytes, ratio, seconds, timed, version
from openilp.methods.places import Places
from openilp.methods.series import Bands, near_repeat
from openilp.methods.series.pairs import find_close_pairs

PERMUTATIONS = 999
SPACE, TIME = (0.0, 0.1, 100.0, 200.0, 300.0, 400.0), (0.0, 7.0, 14.0, 21.0, 28.0)
#: Observed pairs of all four years in these bands, as the data set's README has them for delays below a week.
FIRST_COLUMN = [1096, 1493, 3167, 4226, 5098]


def rows() -> list[Row]:
    """Measure one year beside the peer, and four years with a table of 20 bands."""
    # The peer needs much memory: ours is measured first, so that the peak is ours.
    many = _permutations()
    return [_beside_pointpats(), many]


def burglaries(last: str) -> tuple[Places, np.ndarray]:
    """Return Chicago's residential burglaries from 2014 until before a day."""
    table = pq.read_table(crime_data() / "chicago_nearrepeat" / "chicago_burglary_2014_2017.parquet")
    when = table["date_single"].to_numpy()
    inside = when < np.datetime64(last)
    return Places.measured(table["x"].to_numpy()[inside], table["y"].to_numpy()[inside]), when[inside]


def _beside_pointpats() -> Row:
    places, when = burglaries("2015-01-01")
    ours, ours_s = timed(
        lambda: near_repeat(
            places,
            when,
            space=(0, 200),
            time=(0, 7),
            closed="right",
            metric="euclidean",
            permutations=99,
            rng=np.random.default_rng(1),
        ),
        repeats=5,
    )
    xy = np.column_stack([places.x, places.y])
    days = (when.astype("datetime64[D]") - np.datetime64("2014-01-01")).astype(int)[:, None]
    with warnings.catch_warnings():
        # The peer's own packages warn about their deprecations.
        warnings.simplefilter("ignore")
        from pointpats import Knox

        # The first call compiles; the second is the peer at its best.
        Knox(xy[:200], days[:200], delta=200, tau=7, permutations=1)
        theirs, peer_s = timed(lambda: Knox(xy, days, delta=200, tau=7, permutations=99))
    pairs = int(ours.observed[0, 0])
    return ratio(
        f"Knox, n = {ours.n:,}, one band, 99 permutations",
        ours_s=ours_s,
        peer=f"{version('pointpats')} Knox",
        peer_s=peer_s,
        at_least=400,
        agreement=f"{pairs:,} pairs in both, p {float(ours.p[0, 0]):g} and {theirs.p_sim:g}",
        agrees=pairs == int(theirs.statistic_) == 2170,
    )


def _permutations() -> Row:
    places, when = burglaries("2018-01-01")
    xy = np.column_stack([places.x, places.y])
    close, finding_s = timed(lambda: find_close_pairs(xy, Bands(SPACE), "manhattan"), repeats=3)

    def table(permutations: int) -> np.ndarray:
        return near_repeat(
            places, when, space=SPACE, time=TIME, permutations=permutations, rng=np.random.default_rng(1)
        ).observed

    _, one_s = timed(lambda: table(1), repeats=3)
    observed, all_s = timed(lambda: table(PERMUTATIONS))
    times = (all_s - one_s) / finding_s
    agrees = observed[:, 0].tolist() == FIRST_COLUMN
    return Row(
        work=f"Knox, n = {len(xy):,}, 5 × 4 bands, {PERMUTATIONS} permutations, {len(close):,} close pairs",
        ours=f"{seconds(all_s)} in all, peak memory {peak_bytes() / 2**30:.1f} GiB",
        peer=f"our own finding of the pairs, once: {seconds(finding_s)}",
        result=f"{times:.1f}× for all permutations",
        bar="≤ 20×",
        is_met=times <= 20 and agrees,
        agreement="observed pairs as R NearRepeat counts them" if agrees else "observed pairs differ",
    )
