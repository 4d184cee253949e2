"""The documentation builds, loads nothing from elsewhere, and its pictures and words exist."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlparse

import pytest

from openilp.safeguards.errors import Conflict, InvalidInput

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Elements whose address a browser loads by itself; `a` and `form` wait for a person.
LOADING = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "use": ("href", "xlink:href"),
}
LOADED_LINKS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "modulepreload",
    "manifest",
}
MOST_BYTES = 200 * 1024


class Addresses(HTMLParser):
    """Collects the addresses that a browser loads while it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what this element loads."""
        given = {name: value or "" for name, value in attrs}
        self.found += [given[name] for name in LOADING.get(tag, ()) if given.get(name)]
        if tag == "link" and set(given.get("rel", "").split()) & LOADED_LINKS:
            self.found.append(given.get("href", ""))
        self.found += re.findall(r"url\(([^)]+)\)", given.get("style", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site once."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    built = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    return folder


def is_outside(address: str) -> bool:
    """Tell whether an address leads away from the site."""
    return bool(urlparse(address.strip(" '\"")).netloc)


def loaded(site: Path) -> Iterator[tuple[str, str]]:
    """Yield each page with an address that it loads."""
    for page in site.rglob("*.html"):
        reader = Addresses()
        reader.feed(page.read_text(encoding="utf-8"))
        for address in reader.found:
            yield page.relative_to(site).as_posix(), address


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    """An air-gapped reader sees the same site: scripts, styles, fonts and pictures are its own."""
    addresses = list(loaded(site))

    assert len(addresses) > 50
    assert [pair for pair in addresses if is_outside(pair[1])] == []


def test_no_style_sheet_loads_anything_from_elsewhere(site: Path) -> None:
    """Styles name no font and no picture of another host."""
    sheets = list(site.rglob("*.css"))
    addresses = [
        address
        for sheet in sheets
        for address in re.findall(
            r"(?:@import\s+|url\()\s*['\"]?([^'\")\s]+)", sheet.read_text(encoding="utf-8")
        )
    ]

    assert sheets
    assert [address for address in addresses if is_outside(address)] == []


def test_the_check_would_see_an_outside_script(tmp_path: Path) -> None:
    """A planted page with a foreign script, picture and font is found."""
    (tmp_path / "page.html").write_text(
        '<link rel="preconnect" href="https://fonts.example"><script src="//cdn.example/x.js"></script>'
        '<img src="http://pictures.example/a.png"><a href="https://fine.example">a link may lead away</a>'
    )

    assert [a for _, a in loaded(tmp_path) if is_outside(a)] == [
        "https://fonts.example",
        "//cdn.example/x.js",
        "http://pictures.example/a.png",
    ]


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda p: p.name)
def test_local_links_and_pictures_exist(page: Path) -> None:
    """Whatever a page points to in this repository is there."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    local = [
        target.split("#")[0] for target in targets if not urlparse(target).scheme and target.split("#")[0]
    ]

    assert [target for target in local if not (page.parent / target).exists()] == []


def test_pictures_are_small_and_used() -> None:
    """Each committed screenshot is shown somewhere and weighs at most 200 KiB."""
    texts = "\n".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *DOCS.rglob("*.md")])
    pictures = sorted((DOCS / "assets" / "screens").glob("*.png"))

    assert pictures
    assert [p.name for p in pictures if p.stat().st_size > MOST_BYTES] == []
    assert [p.name for p in pictures if f"screens/{p.name}" not in texts] == []


def test_every_setting_of_the_environment_is_documented() -> None:
    """The page of settings names each variable that the code reads."""
    reading = re.compile(r"""(?:environ(?:\.get\(|\[)|configured\(|envvar=)\s*["']([A-Z_]+)["']""")
    code = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py"))
    read = {name for name in reading.findall(code) if name.startswith(("OPENILP_", "DATABASE_URL", "PORT"))}
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")

    assert len(read) > 12
    assert sorted(name for name in read if f"`{name}`" not in page) == []


def test_every_kind_of_problem_has_its_anchor(site: Path) -> None:
    """What the API names in `type` is found on the page of problems."""
    page = (site / "reference" / "problems.html").read_text(encoding="utf-8")
    found = [kind for base in (InvalidInput, Conflict) for kind in (base, *base.__subclasses__())]
    # The terminal answers with words of its own, which no caller of the API meets.
    kinds = {kind.__name__ for kind in found if not kind.__module__.startswith("openilp.cli.")}

    assert len(kinds) > 5
    assert sorted(kind for kind in kinds if f'id="{kind}"' not in page) == []
