"""Every method that reads a JSON document meets wrong ones: each ends in a result or in one line of refusal."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openilp.cli.methods import group

DOCUMENTS: dict[str, Any] = {
    "wdd": {"treated": [20, 10], "control": [20, 20]},
    "ach": {
        "hypotheses": ["A", "B"],
        "items": [
            {"id": "e1", "ratings": {"A": "C", "B": "I"}, "weight": 1, "origin": "o"},
            {"id": "e2", "ratings": {"A": "I", "B": "C"}},
        ],
    },
    "assumptions": {
        "assumptions": [
            {
                "id": "a",
                "statement": "s",
                "basis": "supported",
                "judgements": ["j"],
                "review_by": "2027-01-01",
            }
        ]
    },
    "threat --draws 50": {
        "subjects": [
            {
                "id": "g1",
                "kind": "group",
                "grades": {"harm": "high", "likelihood": "low", "capability": "low"},
                "confidence": {"harm": "high", "likelihood": "low", "capability": "medium"},
            },
            {
                "id": "g2",
                "kind": "group",
                "grades": {"harm": "low", "likelihood": "low", "capability": "low"},
                "confidence": "high",
            },
        ]
    },
    "allocate": {
        "operations": [
            {
                "name": "a",
                "harm": 50,
                "half_hours": 20,
                "most_hours": 60,
                "basis": "b",
                "first": "2026-03-01",
                "last": "2026-03-20",
                "skills": {"s": 5},
                "powers": ["p"],
            },
            {"name": "c", "steps": [[10, 50], [30, 70]], "most_hours": 60, "basis": "b"},
        ],
        "units": [{"name": "u", "hours": 40, "skills": ["s"], "powers": ["p"], "cost_per_hour": 3}],
        "money": 1000,
        "coverages": [{"name": "k", "operations": ["a"], "least_hours": 2}],
        "shared": [{"name": "h", "operations": ["a", "c"], "harm": 60}],
    },
    "fairness --groups a,b --selected sel": [{"a": 100 + i, "b": 50 + i, "sel": i % 2} for i in range(12)],
}
WRONG = (None, [], {}, "", "abc", -1, 1e300, True, [[]])


def places(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a document: itself, each key, and the first two of each list."""
    yield at
    if isinstance(document, dict):
        for key in document:
            yield from places(document[key], (*at, key))
    elif isinstance(document, list):
        for number in range(min(len(document), 2)):
            yield from places(document[number], (*at, number))


def changed(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The document with another value in one place."""
    if not at:
        return value
    made = copy.deepcopy(document)
    inside = made
    for key in at[:-1]:
        inside = inside[key]
    inside[at[-1]] = value
    return made


@pytest.mark.parametrize("words", DOCUMENTS)
def test_a_wrong_value_anywhere_ends_in_a_line_or_in_a_result(words: str, tmp_path: Path) -> None:
    """Nothing, a list, an object, a word, a negative and a huge number, in each place of the document."""
    path = tmp_path / "document.json"
    name, *options = words.split()
    for at in places(DOCUMENTS[words]):
        for value in WRONG:
            path.write_text(json.dumps(changed(DOCUMENTS[words], at, value)))
            done = CliRunner().invoke(
                group, [name, str(path), *options, "--json", str(tmp_path / "out.json")]
            )
            assert done.exception is None or isinstance(done.exception, SystemExit), (
                at,
                value,
                done.exc_info,
            )
            assert done.exit_code in (0, 2), (at, value)
