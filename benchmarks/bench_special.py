"""Special words in a report of a thousand letters: time to mark them, beside a bare search for each word of the list.

.venv/bin/python -m benchmarks.bench_special
"""

import sys
import timeit
from pathlib import Path

import yaml

from openilp import reference

LETTERS = 1000
ROUNDS = 200
#: A report is handed in within a tenth of a second; looking for its words may take a tenth of that.
LIMIT_MS = 10.0
_SENTENCES = Path(__file__).parents[1] / "tests" / "reference" / "special_sentences.yaml"


def text_of(language: str) -> str:
    """Return a thousand letters of planted sentences."""
    rows = yaml.safe_load(_SENTENCES.read_text(encoding="utf-8"))[language]
    whole = " ".join(str(row["text"]) for row in rows)
    return (whole * (LETTERS // len(whole) + 1))[:LETTERS]


def one_by_one(text: str) -> int:
    """Return how many entries of the list a text holds: no borders of words, no endings, no places."""
    lowered = text.lower()
    return sum(
        word.rstrip("!") in lowered for each in reference.special_categories().values for word in each.words
    )


def main() -> int:
    """Print milliseconds a report and the ratio; return 1 if a language takes longer than the limit."""
    worst = 0.0
    for language in ("en", "ru", "mn"):
        text = text_of(language)
        ours = (
            timeit.timeit(lambda text=text: reference.special_passages(text), number=ROUNDS) / ROUNDS * 1000
        )  # type: ignore[misc]
        peer = timeit.timeit(lambda text=text: one_by_one(text), number=ROUNDS) / ROUNDS * 1000  # type: ignore[misc]
        worst = max(worst, ours)
        print(
            f"{language}: {ours:.2f} ms a report of {LETTERS} letters, {ours / peer:.1f} times the bare search"
        )
    print(f"limit {LIMIT_MS} ms: {'held' if worst <= LIMIT_MS else 'missed'}")
    return 0 if worst <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
