"""Write the pages of docs/reference that follow from code and tests.

python3 scripts/make_reference_docs.py           writes them
python3 scripts/make_reference_docs.py --check   fails when one of them is not current
"""

import ast
import csv
import importlib
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
_TAG = re.compile(r"\[([A-Z]{3}-\d\d(?:, ?[A-Z]{3}-\d\d)*)\]")


def tests_by_requirement() -> dict[str, list[str]]:
    """Return the tests that cite a requirement in their docstring, by its id."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for group in _TAG.findall(ast.get_docstring(node) or ""):
                    for tag in group.replace(" ", "").split(","):
                        found[tag].append(f"{path.relative_to(ROOT / 'tests')}::{node.name}")
    return found


def requirements_page() -> str:
    """Return the table of requirements beside the tests whose assertion would fail without them."""
    tests = tests_by_requirement()
    with (REFERENCE / "requirements.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["id"] for row in rows}
    if unknown := sorted(set(tests) - known):
        raise SystemExit(f"Tests cite requirements that do not exist: {', '.join(unknown)}.")
    shown = sum(row["id"] in tests for row in rows)
    lines = [
        "# Requirements and their tests",
        "",
        "The functional requirements by step of the process, reconstructed from public descriptions of",
        "intelligence-led policing. Beside each stands the test whose assertion would fail without it; *open* means",
        "that there is none yet. This page is generated from the docstrings of the tests.",
        "",
        f"{shown} of {len(rows)} are shown by a test.",
    ]
    for step in dict.fromkeys(row["step"] for row in rows):
        lines += [
            "",
            f"## {step}",
            "",
            "| id | requirement | priority | shown by |",
            "| --- | --- | --- | --- |",
        ]
        for row in (r for r in rows if r["step"] == step):
            cited = "<br>".join(f"`{name}`" for name in tests.get(row["id"], [])) or "*open*"
            lines.append(f"| {row['id']} | {row['requirement']} | {row['priority']} | {cited} |")
    return "\n".join(lines) + "\n"


def claims_page() -> str:
    """Return the table of what the safeguards claim, beside the test or benchmark that would fail without it.

    Raises:
        SystemExit: If a test or a benchmark that is named does not exist.
    """
    with (REFERENCE / "claims.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    known = {f"{path}::{name}" for path, names in test_names().items() for name in names}
    known |= {path.name for path in (ROOT / "benchmarks").glob("bench_*.py")}
    lines = [
        "# What the safeguards claim, and what shows it",
        "",
        "Beside each claim stands the test or the benchmark that would fail without it; a claim without one is *not",
        "shown*. This page is generated from `claims.csv`; the build fails when it names a test that does not exist.",
    ]
    for part in dict.fromkeys(row["part"] for row in rows):
        lines += ["", f"## {part}", "", "| claim | shown by |", "| --- | --- |"]
        for row in (r for r in rows if r["part"] == part):
            shown = [name for name in row["shown_by"].split("; ") if name]
            if missing := [name for name in shown if name not in known]:
                raise SystemExit(f"claims.csv names what does not exist: {', '.join(missing)}.")
            lines.append(
                f"| {row['claim']} | {'<br>'.join(f'`{name}`' for name in shown) or '*not shown*'} |"
            )
    return "\n".join(lines) + "\n"


def test_names() -> dict[str, list[str]]:
    """Return the names of the tests by file, as paths below `tests/`."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        functions = (
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
        )
        found[str(path.relative_to(ROOT / "tests"))] = [
            f.name for f in functions if f.name.startswith("test_")
        ]
    return found


def actions_page() -> str:
    """Return the table of actions, with the roles that each is open to."""
    from openilp.safeguards.actions import registered

    lines = [
        "# Who may do what",
        "",
        "Every verb and every page is a registered action, denied to everybody whom it does not name. The operation is",
        "the one of Directive (EU) 2016/680 Art. 25 that the audit log records. This page is generated from the code.",
        "",
        "| action | does | operation | open to |",
        "| --- | --- | --- | --- |",
    ]
    for entry in registered().values():
        roles = ", ".join(sorted(role.value.replace("_", " ") for role in entry.roles)) or "nobody"
        lines.append(f"| `{entry.name}` | {entry.summary} | {entry.operation} | {roles} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return the help of every command."""
    import click

    from openilp.cli.main import cli

    lines = [
        "# Commands",
        "",
        "Each verb acts as a named account and matter: `--as` and `--matter`, or a log-in kept by `openilp login`.",
        "This page is generated from the commands themselves.",
    ]

    def describe(command: click.Command, path: str, depth: int) -> None:
        context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100)
        lines.extend(["", f"{'#' * depth} {path}", "", "```text", command.get_help(context), "```"])
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                if (inner := command.get_command(context, name)) is not None:
                    describe(inner, f"{path} {name}", min(depth + 1, 4))

    describe(cli, "openilp", 2)
    return "\n".join(lines) + "\n"


_FIXED_PROBLEMS = (
    ("NotFound", 404, "Nothing is there, or nothing that this actor may see: the two are the same answer."),
    ("NotLoggedIn", 401, "There is no log-in, or the token is unknown or has ended."),
    ("AccountNotReady", 403, "The account has to choose a password or set up a second factor first."),
    ("HttpError", 403, "The CSRF token of a browser session is missing or wrong."),
    ("WrongMethod", 405, "This address takes other methods; `Allow` names them."),
    ("Fault", 500, "A fault of ours; nothing was kept."),
)
#: Errors of programming and of the installation, which no caller of the API is answered with.
_NOT_ANSWERED = frozenset({"RecordNotFound"})


def problems_page() -> str:
    """Return the table of the kinds of problems that the API answers with."""
    from openilp.safeguards.errors import SafeguardError
    from openilp.web.problems import status_of

    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for name, status, says in _FIXED_PROBLEMS:
        found[name, status].add(says)
    for kind in _below(SafeguardError):
        answered = status_of(kind.__new__(kind))
        if answered is not None and kind.__name__ not in _NOT_ANSWERED:
            found[kind.__name__, answered].add(_as_sentence(kind.__doc__ or ""))
    lines = [
        "# Problems",
        "",
        "What stands behind `#` in the `type` of a problem (see [The API](api.md#problems)), with its status.",
        "This page is generated from the code.",
        "",
        "| kind | status | says |",
        "| --- | --- | --- |",
    ]
    for (name, status), says_all in sorted(found.items(), key=lambda entry: entry[0][0].lower()):
        lines.append(f'| <span id="{name}">`{name}`</span> | {status} | {" ".join(sorted(says_all))} |')
    return "\n".join(lines) + "\n"


def _below(kind: type[Exception]) -> set[type[Exception]]:
    return {found for child in kind.__subclasses__() for found in ({child} | _below(child))}


def _as_sentence(doc: str) -> str:
    """Return the first paragraph of an error's docstring as a sentence about the problem."""
    first = " ".join(doc.strip().split("\n\n")[0].split())
    said = re.sub(r"^Say (that )?", lambda m: "" if m[1] else "Says ", first)
    return said[:1].upper() + said[1:]


_METHODS_INTRODUCTION = """# Methods

The analysis library `openilp.methods` can be used from a notebook, from the terminal (`openilp method`) and from the
pages. Each method has a card: the question that it answers, what has to hold, how it misleads, what its numbers were
compared with, what it costs, when not to use it, and the source. The cards are generated from the docstrings of the
code; `openilp.methods.cards.card(method)` reads one in a notebook.

A docstring gives a card when it has the headings `Question:`, `Assumptions:`, `Traps:`, `Args:`, `Returns:`,
`Raises:`, `Oracle:`, `Cost:`, `Not for:` and `Source:`; the oracle names the file of tests (`` `test_….py` ``) that
holds the method to it. A public method is a function that its family names in `__all__`; the build fails when its
card is incomplete.
"""


def method_pages() -> dict[Path, str]:
    """Return the page of cards of each family of methods, and the list of the questions that they answer."""
    from openilp.methods import cards

    found, rows = {}, []
    for name, family in cards.families().items():
        known = cards.cards(family)
        heading = f"# {name.capitalize()}\n\n{(family.__doc__ or '').strip()}\n"
        found[REFERENCE / "methods" / f"{name}.md"] = "\n".join([heading, *(c.markdown() for c in known)])
        for card in known:
            question = " ".join(card.sections.get("Question", card.summary).split())
            rows.append(f"| {question} | [`{card.name}`]({name}.md#{card.name}) | {name} |")
    table = ["| question | method | family |", "| --- | --- | --- |", *rows]
    found[REFERENCE / "methods" / "index.md"] = _METHODS_INTRODUCTION + "\n" + "\n".join(table) + "\n"
    return found


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openilp.web.settings")
    import django
    from django.urls import get_resolver

    django.setup()
    _load(get_resolver().url_patterns)
    importlib.import_module("openilp.web.middleware")
    sources = ROOT / "src"
    for path in sorted((sources / "openilp").rglob("errors.py")):
        importlib.import_module(".".join(path.relative_to(sources).with_suffix("").parts))
    return {
        REFERENCE / "requirements.md": requirements_page(),
        REFERENCE / "claims.md": claims_page(),
        REFERENCE / "actions.md": actions_page(),
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "problems.md": problems_page(),
        **method_pages(),
    }


def _load(patterns: object) -> None:
    """Load all routes, so that every action is registered."""
    for entry in patterns:  # type: ignore[attr-defined]
        _load(getattr(entry, "url_patterns", ()))


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    stale = []
    for path, text in pages().items():
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if "--check" not in arguments:
            path.write_text(text)
            print(f"wrote {stale[-1]}")
    if stale and "--check" in arguments:
        print(
            f"Not current: {', '.join(stale)}. Run: python3 scripts/make_reference_docs.py", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
