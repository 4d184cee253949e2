"""Slices of time: counts one can make by hand, empty windows kept, rows without a date named."""

import csv
from pathlib import Path

import numpy as np
import pytest

from openilp.methods.errors import BadValue, LengthMismatch, TooFew, TooLarge
from openilp.methods.networks import time_slices


def test_windows_are_compared_with_the_one_before() -> None:
    """Arrivals, departures and kept links are those of the list."""
    days = ["2024-01-01", "2024-01-02", "2024-01-08", "2024-01-09", "2024-01-22"]

    found = time_slices("abaca", "bcbdb", np.array(days, dtype="datetime64[D]"), every=7)

    first, second, empty, last = found.slices
    assert (first.n_nodes, first.n_links, first.n_arrived, first.links_kept) == (3, 2, 3, None)
    assert (second.n_nodes, second.n_arrived, second.n_gone, second.links_kept) == (
        4,
        1,
        0,
        pytest.approx(1 / 3),
    )
    assert (empty.n_edges, empty.largest_share, empty.links_kept, empty.n_gone) == (0, None, None, 2)
    assert (last.n_nodes, last.n_arrived, last.links_kept) == (2, 0, None)
    assert second.largest_share == 0.5
    assert (str(first.start), str(last.end)) == ("2024-01-01", "2024-01-29")
    assert sum(each.n_edges for each in found.slices) == found.n == 5


def test_rows_without_a_date_are_named() -> None:
    """They are left out, and the caution says which."""
    found = time_slices(
        "abc", "bcd", np.array(["2024-01-01", "NaT", "2024-01-01"], dtype="datetime64[D]"), every=7
    )

    assert found.undated == (2,)
    assert "rows 2" in str(found.cautions[-1])


def test_bad_requests_are_named() -> None:
    """No date, a window of no day, a date far from the others."""
    days = np.array(["2024-01-01"], dtype="datetime64[D]")

    with pytest.raises(TooFew, match="0 edges with a date"):
        time_slices("a", "b", np.array(["NaT"], dtype="datetime64[D]"), every=7)
    with pytest.raises(BadValue, match="every is 0"):
        time_slices("a", "b", days, every=0)
    with pytest.raises(LengthMismatch):
        time_slices("ab", "b", days, every=7)
    with pytest.raises(TooLarge, match="correct a date"):
        time_slices("ab", "bc", np.array(["1024-01-01", "2024-01-01"], dtype="datetime64[D]"), every=7)


@pytest.mark.real_data
def test_the_phases_of_a_published_case_have_their_sizes(crime: Path) -> None:
    """Eleven phases of an interception, dated two months apart, come back as eleven windows of their size."""
    sources, targets, days, expected = [], [], [], []
    for phase in range(11):
        file = crime / "covert_networks" / "networkdata" / f"covert_10_{phase + 2:02d}_edges.csv"
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        sources += [row["from"] for row in rows]
        targets += [row["to"] for row in rows]
        days += [np.datetime64("1994-01-01") + 60 * phase] * len(rows)
        expected.append(len(rows))

    found = time_slices(sources, targets, np.array(days), every=60)

    assert [each.n_links for each in found.slices] == expected
    assert found.slices[0].n_arrived == found.slices[0].n_nodes
