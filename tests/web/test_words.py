"""Words for codes: every notice and every duty has some, in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from openilp.safeguards.roles import Role
from openilp.web import words

SOURCES = Path(words.__file__).parent.parent
CODE = re.compile(r"[a-z]+([_-][a-z]+)*")


def told() -> set[str]:
    """Return every kind that a room's code tells people of, as far as it stands there literally."""
    found: set[str] = set()
    for room in (
        "direction",
        "collection",
        "evaluation",
        "collation",
        "analysis",
        "dissemination",
        "tasking",
        "review",
    ):
        for path in (SOURCES / room).rglob("*.py"):
            found.update(_kinds(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _kinds(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        values: list[ast.expr] = []
        if name == "notify":
            values = [each.value for each in node.keywords if each.arg == "kind"]
        elif name in ("_tell", "_tell_of_edition", "_tell_of_consent"):
            values = list(node.args)
        for value in values:
            parts = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            for part in parts:
                if isinstance(part, ast.Constant) and CODE.fullmatch(str(part.value)):
                    yield str(part.value)


def test_every_notice_that_a_room_sends_has_words() -> None:
    """Nobody is told a code."""
    kinds = told()

    assert {"urgent_report", "reply"} <= kinds
    assert {kind for kind in kinds if kind.replace("-", "_") not in words.NOTICES} == set()


@pytest.mark.parametrize("language", ["ru", "mn"])
def test_duties_are_said_in_the_readers_language(language: str) -> None:
    """Every duty has a translation [ADM-02]."""
    english = {role: words.role(role) for role in Role}
    with translation.override(language):
        assert all(words.role(role) != english[role] for role in Role)


def test_an_unknown_kind_is_readable() -> None:
    """A kind of a later version still says something."""
    assert words.notice("lesson-drawn") == "Lesson drawn"
