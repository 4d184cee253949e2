"""Take the pictures of README and docs from the demo agency, or all pages for a review.

python3 scripts/take_screenshots.py                      starts a demo of its own, writes docs/assets/screens
python3 scripts/take_screenshots.py --address http://localhost:8000
python3 scripts/take_screenshots.py --all DIR            every page of the table, light and dark, wide and narrow
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from openilp.cli.demo import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # started as a file, Python looks into this folder only

from scripts.small_png import smaller  # noqa: E402  (see the line before)

SCREENS = ROOT / "docs" / "assets" / "screens"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_STARTS_WITHIN_S = 600
_SETTLES_MS = 700
_LINKS_WITH_ROWS = """all => all.filter(a => a.getAttribute('href').startsWith('/'))
    .map(a => [a.getAttribute('href'), (a.closest('tr, li, p') || a).textContent])"""


@dataclass(frozen=True)
class Link:
    """A link to follow: a pattern of its address, another of the row that it stands in; the first such or the last."""

    address: str
    row: str = ""
    last: bool = False


@dataclass(frozen=True)
class Shot:
    """One page: whose, where to begin, and which links to follow from there."""

    name: str
    account: str
    start: str
    follow: tuple[str | Link, ...] = ()


_REF = r"[A-Z]{1,2}-[0-9A-Z]{4}-[0-9A-Z]{4}"
#: The first that was recorded has the most to show.
_PERSON = (Link(rf"/collation/entities/{_REF}$", last=True),)
SHOTS = (
    Shot("log-in", "", "/account/login/"),
    Shot("home", "chair", "/"),
    Shot("home-head", "head.of.intelligence", "/"),
    Shot("home-officer", "reporting.officer", "/"),
    Shot("home-evaluator", "intelligence.officer", "/"),
    Shot("home-analyst", "operational.analyst", "/"),
    Shot("home-plan-owner", "plan.owner", "/"),
    Shot("home-administrator", "administrator", "/"),
    Shot("direction", "head.of.intelligence", "/direction/"),
    Shot("strategy", "chair", "/direction/strategy"),
    Shot("priorities", "chair", "/direction/priorities/"),
    Shot("priority", "chair", "/direction/priorities/", (rf"/direction/priorities/{_REF}$",)),
    Shot("requirements", "head.of.intelligence", "/direction/requirements/"),
    Shot(
        "requirement",
        "head.of.intelligence",
        "/direction/requirements/",
        (rf"/direction/requirements/{_REF}$",),
    ),
    Shot("collection", "reporting.officer", "/collection/"),
    Shot("report-form", "reporting.officer", "/collection/reports/new"),
    Shot("collection-report", "reporting.officer", "/collection/", (rf"/collection/reports/{_REF}$",)),
    Shot("inbox", "intelligence.officer", "/evaluation/"),
    Shot("report", "intelligence.officer", "/evaluation/", (rf"/evaluation/reports/{_REF}$",)),
    Shot("second-looks", "second.evaluator", "/evaluation/second-looks"),
    Shot("collation", "operational.analyst", "/collation/"),
    Shot("entities", "operational.analyst", "/collation/entities?kind=person"),
    Shot("entity", "operational.analyst", "/collation/entities?kind=person", _PERSON),
    Shot(
        "network",
        "operational.analyst",
        "/collation/entities?kind=person",
        (*_PERSON, r"/entities/.*/network$"),
    ),
    Shot("saved-searches", "operational.analyst", "/collation/searches"),
    Shot("quarantine", "import.officer", "/collation/quarantine"),
    Shot("analysis", "operational.analyst", "/analysis/"),
    Shot("runs", "operational.analyst", "/analysis/runs"),
    Shot("map", "operational.analyst", "/analysis/runs", (Link(rf"/analysis/runs/{_REF}$", "by count"),)),
    Shot("assessments", "strategic.analyst", "/analysis/assessments"),
    Shot("products", "strategic.analyst", "/analysis/products"),
    Shot("product", "strategic.analyst", "/analysis/products", (rf"/analysis/(products|editions)/{_REF}$",)),
    Shot("dissemination", "head.of.intelligence", "/dissemination/"),
    Shot("register", "head.of.intelligence", "/dissemination/register"),
    Shot(
        "release", "head.of.intelligence", "/dissemination/register", (rf"/dissemination/releases/{_REF}$",)
    ),
    Shot("tasking", "chair", "/tasking/"),
    Shot("meetings", "chair", "/tasking/meetings"),
    Shot("meeting", "chair", "/tasking/meetings", (rf"/tasking/meetings/{_REF}$",)),
    Shot(
        "meeting-screen",
        "chair",
        "/tasking/meetings",
        (rf"/tasking/meetings/{_REF}$", r"/screen/\d+$"),
    ),
    Shot("decisions", "chair", "/tasking/decisions"),
    Shot("decision", "chair", "/tasking/decisions", (rf"/tasking/decisions/{_REF}$",)),
    Shot("operations", "plan.owner", "/tasking/operations"),
    Shot("operation", "plan.owner", "/tasking/operations", (rf"/tasking/operations/{_REF}$",)),
    Shot("tasks", "plan.owner", "/tasking/tasks"),
    Shot("task", "plan.owner", "/tasking/tasks", (rf"/tasking/tasks/{_REF}$",)),
    Shot("resources", "tasking.coordinator", "/tasking/resources"),
    Shot("review", "chair", "/review/"),
    Shot("review-priorities", "chair", "/review/priorities"),
    Shot("results", "chair", "/review/results"),
    Shot("lessons", "chair", "/review/lessons"),
    Shot(
        "thread",
        "chair",
        "/tasking/decisions",
        (rf"/tasking/decisions/{_REF}$", r"/review/thread/D-[0-9A-Z-]+$"),
    ),
    Shot("search", "operational.analyst", "/search?q=white+van"),
    Shot("notices", "head.of.intelligence", "/alerts"),
    Shot("settings", "reporting.officer", "/settings/"),
    Shot("accounts", "administrator", "/settings/accounts"),
    Shot("matters", "head.of.intelligence", "/matters"),
    Shot("help", "reporting.officer", "/help"),
)
#: What README and docs show: picture → (page, scheme, size).
USED: dict[str, tuple[str, Scheme, str]] = {
    "home": ("home", "light", "wide"),
    "inbox": ("inbox", "light", "wide"),
    "report": ("report", "light", "wide"),
    "entity": ("entity", "light", "wide"),
    "map": ("map", "light", "wide"),
    "decision": ("decision", "light", "wide"),
    "thread": ("thread", "light", "wide"),
    "report-form": ("report-form", "light", "narrow"),
}


class PageMissing(Exception):
    """Say that a page of the table cannot be reached."""


def chromium() -> str:
    """Return the system's browser."""
    named = os.environ.get("OPENILP_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not named:
        raise SystemExit("There is no Chromium; as root: apt-get install chromium")
    return named


@contextmanager
def demo() -> Iterator[str]:
    """Serve a demo agency in a folder of its own; hand out its address."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        port = own.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="openilp-screens-") as folder:
        Path(folder).chmod(0o711)
        command = [sys.executable, "-m", "openilp.cli", "demo", "--port", str(port)]
        server = subprocess.Popen(command, env={**os.environ, "OPENILP_HOME": f"{folder}/home"})
        try:
            address = f"http://localhost:{port}"
            _wait(address, server)
            yield address
        finally:
            server.send_signal(2)
            server.wait(timeout=60)


def _wait(address: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5).close()  # noqa: S310  (our own address)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The demo agency did not start; what it said stands above.")


def log_in(context: BrowserContext, address: str, account: str) -> Page:
    """Open a page as an account of the demo, or as nobody."""
    page = context.new_page()
    if account:
        page.goto(f"{address}/account/login/")
        page.fill("input[name=login]", account)
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.click("form[action='/account/login/'] button.go")
        page.wait_for_url(lambda url: "/account/login" not in url)
    return page


def reach(page: Page, address: str, shot: Shot) -> None:
    """Go to the page of a shot, following links.

    Raises:
        PageMissing: If an answer is not 200, or a link is not there.
    """
    _go(page, address + shot.start, shot)
    for step in shot.follow:
        link = step if isinstance(step, Link) else Link(step)
        pairs: list[list[str]] = page.eval_on_selector_all("a[href]", _LINKS_WITH_ROWS)
        found = [
            href
            for href, row in pairs
            if re.search(link.address, href.split("?")[0]) and re.search(link.row, row)
        ]
        if not found:
            raise PageMissing(f"{shot.name}: {page.url} has no link like {link.address} {link.row}")
        _go(page, address + found[-1 if link.last else 0], shot)
    page.wait_for_timeout(_SETTLES_MS)


def _go(page: Page, url: str, shot: Shot) -> None:
    answer = page.goto(url, wait_until="networkidle")
    if answer is None or answer.status != 200:
        raise PageMissing(f"{shot.name}: {url} answered {answer.status if answer else 'nothing'}")


def take(
    browser: Browser, address: str, shots: list[Shot], scheme: Scheme, size: str, folder: Path, *, whole: bool
) -> list[str]:
    """Write one picture a shot as `name-scheme-size.png`; return what could not be reached."""
    width, height = SIZES[size]
    missing = []
    for account in dict.fromkeys(shot.account for shot in shots):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = log_in(context, address, account)
        for shot in (each for each in shots if each.account == account):
            try:
                reach(page, address, shot)
                page.screenshot(path=folder / f"{shot.name}-{scheme}-{size}.png", full_page=whole)
            except (PageMissing, BrowserError) as error:
                missing.append(str(error).split("\n")[0])
        context.close()
    return missing


def main() -> int:
    """Take the pictures that were asked for; a page that cannot be reached is an error."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    options.add_argument("--address", help="a demo that runs already")
    options.add_argument("--all", type=Path, metavar="DIR", help="every page into this folder")
    options.add_argument(
        "--only", default="", metavar="NAMES", help="these pages of --all, separated by commas"
    )
    options.add_argument("--whole", action="store_true", help="whole pages, not only what is in the window")
    given = options.parse_args()
    with (
        demo() if not given.address else _attached(given.address) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        if given.all:
            missing = review(browser, address, given.all, given.only, whole=given.whole)
        else:
            missing = publish(browser, address)
        browser.close()
    for line in missing:
        print(line, file=sys.stderr)
    return 1 if missing else 0


@contextmanager
def _attached(address: str) -> Iterator[str]:
    yield address.rstrip("/")


def review(browser: Browser, address: str, folder: Path, only: str, *, whole: bool) -> list[str]:
    """Write every page, light and dark, wide and narrow."""
    folder.mkdir(parents=True, exist_ok=True)
    names = set(filter(None, only.split(",")))
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    missing: list[str] = []
    for size in SIZES:
        for scheme in SCHEMES:
            missing += take(browser, address, shots, scheme, size, folder, whole=whole)
    return sorted(set(missing))


def publish(browser: Browser, address: str) -> list[str]:
    """Write the pictures that README and docs show, made small."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    missing: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scheme, size in dict.fromkeys((scheme, size) for _, scheme, size in USED.values()):
            wanted = {page for page, *rest in USED.values() if tuple(rest) == (scheme, size)}
            shots = [shot for shot in SHOTS if shot.name in wanted]
            missing += take(browser, address, shots, scheme, size, folder, whole=False)
        for picture, (page, scheme, size) in USED.items():
            taken = folder / f"{page}-{scheme}-{size}.png"
            if taken.exists():
                target = SCREENS / f"{picture}.png"
                target.write_bytes(smaller(taken.read_bytes()))
                print(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1024} KiB")
    return missing


if __name__ == "__main__":
    raise SystemExit(main())
