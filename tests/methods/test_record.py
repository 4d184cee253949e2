"""Results are stored as plain data and their sentences can be translated."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from openilp.methods.harm import harm_totals
from openilp.methods.impact import BeforeAfter, before_after, cost_per_unit, weighted_displacement_difference
from openilp.methods.judgement import SourcedItem, independent_sources
from openilp.methods.networks import Network, layout, measure, shortest_path
from openilp.methods.record import as_record
from openilp.methods.sentence import Sentence
from openilp.methods.series import hour_weekday, monthly_trend
from openilp.methods.space import Places, density, hot_spots

EVENTS = Places.from_degrees(np.array([-2.6, -2.601]), np.array([51.45, 51.45]))
NETWORK = Network.from_edges("ab", "bc")
CHANGE = weighted_displacement_difference(treated=BeforeAfter(20, 10), control=BeforeAfter(20, 20))


@pytest.mark.parametrize(
    "run",
    [
        lambda: hot_spots(EVENTS, cell_m=250),
        lambda: density(EVENTS, bandwidth_m=300, cell_m=250),
        lambda: hour_weekday(["2024-05-31T22:15"]),
        lambda: monthly_trend(["2024-05"]),
        lambda: measure(NETWORK),
        lambda: measure(NETWORK, trials=3, rng=np.random.default_rng(1)),
        lambda: layout(NETWORK),
        lambda: shortest_path(NETWORK, "a", "c"),
        lambda: harm_totals(["a"], {"a": 1}, table="t", unit="days"),
        lambda: before_after([3, 4], [2, 5], control_before=[1], control_after=[1]),
        lambda: CHANGE,
        lambda: cost_per_unit(100, CHANGE.difference),
        lambda: independent_sources([SourcedItem("a", None)]),
    ],
)
def test_every_result_is_json_with_finished_sentences(run: Callable[[], object]) -> None:
    """Each result survives JSON without NaN; no sentence keeps an unfilled place."""
    stored = json.loads(json.dumps(as_record(run()), allow_nan=False))

    sentences = [*stored.get("cautions", []), *([stored["method"]] if "method" in stored else [])]
    assert stored
    for sentence in sentences:
        assert "%(" not in sentence["text"]
        assert sentence["text"] == str(Sentence(sentence["code"], sentence["template"], sentence["facts"]))


def test_values_without_a_plain_form_become_none_or_are_refused() -> None:
    """NaN, infinity and NaT are None; an unknown object is named."""
    assert as_record(np.array([1.0, np.nan, np.inf])) == [1.0, None, None]
    assert as_record(np.array(["2024-05", "NaT"], dtype="datetime64[M]")) == ["2024-05", None]
    with pytest.raises(TypeError, match="type object has no plain form"):
        as_record(object())
