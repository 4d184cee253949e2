"""The tree says where things belong: no catch-all folders, no endless files, foreign keys that point back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "openilp"
CATCH_ALLS = {"base", "common", "core", "extras", "helpers", "lib", "misc", "util", "utils"}
LONGEST_FILE_LINES = 600
PROCESS = (
    "safeguards",
    "direction",
    "collection",
    "evaluation",
    "collation",
    "analysis",
    "dissemination",
    "tasking",
    "review",
    "exchange",
    "oversight",
    "training",
    "corridor",
    "web",
)


def modules() -> list[Path]:
    return sorted(path for path in SOURCES.rglob("*.py") if "migrations" not in path.parts)


def test_there_is_no_catch_all() -> None:
    """What has no room belongs to the room that uses it first, not to a drawer."""
    found = {part for path in modules() for part in path.relative_to(SOURCES).with_suffix("").parts}

    assert found & CATCH_ALLS == set()


def test_no_file_is_endless() -> None:
    """A file that outgrows 600 lines becomes a folder of the same name."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for folder in (SOURCES, ROOT / "tests", ROOT / "scripts")
        for path in folder.rglob("*.py")
        if "migrations" not in path.parts
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE_LINES} == {}


def test_every_package_says_what_it_is_for() -> None:
    """A newcomer reads the tree from top to bottom; each folder begins with its sentence."""
    silent = [
        str(path.parent.relative_to(ROOT))
        for path in SOURCES.rglob("__init__.py")
        if not {"migrations", "management", "commands", "templatetags", "formats"} & set(path.parts)
        and not path.read_text().lstrip().startswith('"""')
    ]

    assert silent == []


def foreign_keys() -> list[tuple[str, str, str]]:
    """Return (room, field, room pointed at) of every key between OpenILP's own tables."""
    return [
        (model._meta.app_label, f"{model.__name__}.{field.name}", field.related_model._meta.app_label)
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("openilp.")
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is not None
        if field.related_model._meta.app_config.name.startswith("openilp.")
    ]


def points_up(room: str, target: str) -> bool:
    return PROCESS.index(target) > PROCESS.index(room)


def test_foreign_keys_point_to_the_same_or_an_earlier_room() -> None:
    """The later row holds the key; import-linter cannot see the names that Django resolves itself."""
    keys = foreign_keys()

    assert keys, "no model of OpenILP is installed"
    assert [field for room, field, target in keys if points_up(room, target)] == []


@pytest.mark.parametrize(
    ("room", "target", "expected"),
    [
        ("direction", "tasking", True),
        ("tasking", "direction", False),
        ("collation", "collation", False),
        ("safeguards", "direction", True),
        ("review", "safeguards", False),
    ],
)
def test_a_key_against_the_process_is_seen(room: str, target: str, expected: bool) -> None:
    """The rule above knows up from down."""
    assert points_up(room, target) is expected


def test_analysis_library_and_reference_data_import_without_django() -> None:
    """Both are of use where no Django is installed: importing every module of them loads none."""
    script = """
import importlib, pathlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "ninja", "allauth", "procrastinate", "psycopg", "requests", "httpx"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
root = pathlib.Path(sys.argv[1])
names = [
    ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    for room in ("methods", "reference")
    for path in sorted((root / "openilp" / room).rglob("*.py"))
]
for name in names:
    importlib.import_module(name)
print(len(names))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(SOURCES.parent)], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert int(done.stdout) > 20
