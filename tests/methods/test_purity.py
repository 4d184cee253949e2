"""The library stands alone: no Django, no HTTP client, igraph in one module."""

import ast
import subprocess
import sys
from pathlib import Path

import openilp.methods

ROOT = Path(openilp.methods.__file__).parent
BLOCKED = ("django", "ninja", "requests", "httpx", "urllib3", "aiohttp", "http.client", "urllib.request")


def modules() -> list[str]:
    """Every module of the library."""
    return sorted(
        ".".join(("openilp.methods", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for file in ROOT.rglob("*.py")
    )


def imported(file: Path) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_every_module_loads_where_django_is_absent() -> None:
    """With Django blocked, all of the library loads in a new interpreter, and computes."""
    code = (
        "import importlib, sys\n"
        "sys.modules['django'] = None\n"
        f"for name in {modules()!r}: importlib.import_module(name)\n"
        "from openilp.methods.networks import Network, measure\n"
        "assert measure(Network.from_edges('ab', 'bc')).rows[1].betweenness.value == 1.0\n"
        "assert not [name for name in sys.modules if name.startswith('django') and sys.modules[name]]\n"
    )
    source = str(ROOT.parents[1])

    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys; sys.path.insert(0, {source!r})\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert len(modules()) > 20


def test_nothing_reaches_for_the_web() -> None:
    """No file imports a web framework or an HTTP client, or a room above."""
    for file in ROOT.rglob("*.py"):
        for name in imported(file):
            assert not name.startswith(BLOCKED), f"{file.name} imports {name}"
            if name.startswith("openilp."):
                assert name.startswith(("openilp.methods", "openilp.reference")), (
                    f"{file.name} imports {name}"
                )


def test_igraph_is_imported_in_one_module() -> None:
    """The licence of igraph concerns one module."""
    found = {file.relative_to(ROOT).as_posix() for file in ROOT.rglob("*.py") if "igraph" in imported(file)}

    assert found == {"networks/centrality.py"}
