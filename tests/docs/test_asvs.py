"""The table of the verification standard names tests that exist: a claim without its test fails the build."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ("docs/reference/asvs.md",)


def missing(text: str) -> list[str]:
    """Return the tests that a page names and that are not there."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    return [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text())
    ]


def test_every_test_that_a_page_names_is_there() -> None:
    """By file and by name."""
    for page in PAGES:
        text = (ROOT / page).read_text()
        assert len(re.findall(r"`tests/", text)) > 40
        assert missing(text) == []


def test_a_name_that_is_gone_is_seen() -> None:
    """The check itself."""
    assert missing("`tests/docs/test_asvs.py::test_gone`") == ["tests/docs/test_asvs.py::test_gone"]
    assert missing("`tests/docs/gone.py`") == ["tests/docs/gone.py::"]
