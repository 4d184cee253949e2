"""Collect every text that pages may show into the catalogues, without the gettext programs.

    python scripts/extract_messages.py [--check]

Templates are read by Django's own lexer, Python by its syntax tree, labels from the reference data, sentences of
methods from their templates, and the texts of the scripts from the front end's sources. Translations that exist are
kept; texts that are gone are dropped; all are marked unreviewed until a native speaker signs them. With `--check`
nothing is written: the exit code says whether the catalogues are current.
"""

import ast
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "openilp"
LOCALES = SOURCES / "web" / "locale"
SCRIPTS = ROOT / "frontend" / "src"
LANGUAGES = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "mn": "nplurals=2; plural=(n != 1);",
}
UNREVIEWED = "#. unreviewed: no native speaker has signed this yet"
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "_later", "noop", "translate", "N_"}
_PLURALS = {"ngettext", "ngettext_lazy"}
_SCRIPT_CALL = re.compile(r'\bt\(\s*("(?:[^"\\]|\\.)*")')


@dataclass
class Message:
    """A text with its plural and the files that show it."""

    text: str
    plural: str = ""
    places: set[str] = field(default_factory=set)


Found = dict[str, Message]


def collected() -> Found:
    """Return every text with where it stands."""
    found: Found = {}
    for path in sorted(SOURCES.rglob("*.py")):
        if "migrations" not in path.parts:
            _add(found, from_python(path.read_text(encoding="utf-8")), path)
    for path in sorted(SOURCES.rglob("templates/**/*.html")):
        _add(found, from_template(path.read_text(encoding="utf-8")), path)
    _add(found, ((text, "") for text in reference_labels()), SOURCES / "reference")
    _add(found, ((text, "") for text in script_texts()), SCRIPTS)
    return found


def _add(found: Found, texts: Iterable[tuple[str, str]], path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    for text, plural in texts:
        if not text.strip():
            continue
        message = found.setdefault(text, Message(text))
        message.plural = message.plural or plural
        message.places.add(place)


def from_python(source: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of calls to gettext, and the templates of method sentences."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        strings = [_string(argument) for argument in node.args]
        if name in _CALLS and strings and strings[0]:
            yield strings[0], ""
        elif name in _PLURALS and len(strings) > 1 and strings[0] and strings[1]:
            yield strings[0], strings[1]
        elif name == "Sentence" and len(strings) > 1 and strings[1]:
            yield strings[1], ""


def _string(node: ast.expr) -> str:
    """Return a literal text, also one in adjoining pieces."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _string(node.left), _string(node.right)
        return left + right if left and right else ""
    return ""


_TRANS = re.compile(r"""^(?:trans|translate)\s+(["'])((?:\\.|(?!\1).)*)\1""")
_MARKED = re.compile(r"""\b_\((["'])((?:\\.|(?!\1).)*)\1\)""")


def from_template(source: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a template: `trans`, `blocktrans` with its plural, and `_("…")` in tags and variables."""
    from django.template.base import Lexer, TokenType

    parts: list[str] | None = None
    singular = ""
    trimmed = False
    for token in Lexer(source).tokenize():
        if token.token_type is TokenType.BLOCK and token.contents.split()[0] in (
            "blocktrans",
            "blocktranslate",
        ):
            parts, singular = [], ""
            trimmed = "trimmed" in token.contents.split()
        elif parts is not None and token.token_type is TokenType.BLOCK:
            if token.contents.startswith("plural"):
                singular, parts = _joined(parts, trimmed), []
            else:
                text = _joined(parts, trimmed)
                yield (singular, text) if singular else (text, "")
                parts = None
        elif parts is not None:
            parts.append(
                f"%({token.contents})s"
                if token.token_type is TokenType.VAR
                else token.contents.replace("%", "%%")
            )
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            if found := _TRANS.match(token.contents):
                yield found[2].replace("%", "%%"), ""
            for marked in _MARKED.finditer(token.contents):
                yield marked[2].replace("%", "%%"), ""


def _joined(parts: list[str], trimmed: bool) -> str:
    text = "".join(parts)
    return " ".join(line.strip() for line in text.strip().splitlines()) if trimmed else text


def reference_labels() -> tuple[str, ...]:
    """Return the labels and definitions of the reference data that the product ships."""
    from openilp import reference

    os.environ.pop("OPENILP_REFERENCE", None)
    return reference.all_labels()


def script_texts() -> list[str]:
    """Return the texts of the front end's scripts."""
    found: set[str] = set()
    for path in sorted(SCRIPTS.rglob("*.ts")):
        found |= {json.loads(text) for text in _SCRIPT_CALL.findall(path.read_text(encoding="utf-8"))}
    return sorted(found)


def translations(path: Path) -> dict[str, list[str]]:
    """Return what a catalogue translates: text to its forms."""
    from scripts.compile_messages import entries

    if not path.exists():
        return {}
    kept: dict[str, list[str]] = {}
    for entry in entries(path):
        forms = [text for name, text in sorted(entry.parts.items()) if name.startswith("msgstr")]
        if entry.parts.get("msgid") and any(forms):
            kept[entry.parts["msgid"]] = forms
    return kept


def catalogue(language: str, found: Found, kept: dict[str, list[str]]) -> str:
    """Return the text of a catalogue."""
    head = [
        "# Texts of OpenILP. Written by scripts/extract_messages.py; translate the msgstr lines.",
        'msgid ""',
        'msgstr ""',
        _line(f"Language: {language}\n"),
        _line("MIME-Version: 1.0\n"),
        _line("Content-Type: text/plain; charset=UTF-8\n"),
        _line("Content-Transfer-Encoding: 8bit\n"),
        _line(f"Plural-Forms: {LANGUAGES[language]}\n"),
        "",
    ]
    count = int(LANGUAGES[language].split("nplurals=")[1][0])
    blocks = [_block(found[text], kept.get(text, []), count) for text in sorted(found)]
    return "\n".join([*head, *blocks]) + "\n"


def _block(message: Message, forms: list[str], count: int) -> str:
    lines = [UNREVIEWED] if forms else []
    lines += [f"#: {place}" for place in sorted(message.places)[:3]]
    if "%(" in message.text or "%(" in message.plural:
        lines.append("#, python-format")
    lines.append(f"msgid {_line(message.text)}")
    if message.plural:
        lines.append(f"msgid_plural {_line(message.plural)}")
        padded = [*forms, *([""] * count)][:count]
        lines += [f"msgstr[{n}] {_line(form)}" for n, form in enumerate(padded)]
    else:
        lines.append(f"msgstr {_line(forms[0] if forms else '')}")
    return "\n".join([*lines, ""])


def _line(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def stale(found: Found) -> list[str]:
    """Return what the catalogues lack or hold too much, as `language: text`."""
    from scripts.compile_messages import entries

    wrong = []
    for language in LANGUAGES:
        path = catalogue_of(language)
        held = {entry.parts["msgid"] for entry in entries(path)} - {""} if path.exists() else set()
        wrong += [f"{language}: missing '{text}'" for text in sorted(set(found) - held)]
        wrong += [f"{language}: gone '{text}'" for text in sorted(held - set(found))]
    return wrong


def catalogue_of(language: str) -> Path:
    """Return the path of a language's catalogue."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def main(arguments: list[str]) -> int:
    """Write the catalogues, or with `--check` say what is wrong with them."""
    sys.path.insert(0, str(ROOT / "src"))
    sys.path.insert(0, str(ROOT))
    found = collected()
    if "--check" in arguments:
        wrong = stale(found)
        print("\n".join(wrong[:40]) or f"{len(found)} texts, catalogues are current.")
        return 1 if wrong else 0
    for language in LANGUAGES:
        path = catalogue_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = translations(path)
        path.write_text(catalogue(language, found, kept), encoding="utf-8")
        done = sum(text in kept for text in found)
        print(f"{path.relative_to(ROOT)}: {len(found)} texts, {done} translated, none reviewed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
