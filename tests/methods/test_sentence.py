"""Sentences can be translated: their templates stand in the source as they are."""

import ast
from pathlib import Path

import openilp.methods

ROOT = Path(openilp.methods.__file__).parent


def test_the_template_of_every_sentence_stands_in_the_source() -> None:
    """A template that is put together at run time is not collected for translation; facts may be."""
    found = []
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
                template = node.args[1]
                if not (isinstance(template, ast.Constant) or _is_another(template)):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert found == []


def _is_another(node: ast.expr) -> bool:
    """Tell whether it is the template of a sentence that stands elsewhere."""
    return isinstance(node, ast.Attribute) and node.attr == "template"
