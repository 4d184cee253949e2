"""The demo agency, served as users get it, and a browser that is not allowed out."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from openilp.cli.demo import DEMO_PASSWORD

SOURCE = Path(__file__).parents[2] / "src" / "openilp"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Watched:
    """What a page did that no page may do."""

    outside: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def chromium() -> str:
    """Return the system's browser."""
    named = os.environ.get("OPENILP_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not named:
        pytest.fail("There is no Chromium; as root: apt-get install chromium", pytrace=False)
    return named


def _version() -> str:
    """Return one hash over the sources: demo data of another version are made anew."""
    total = hashlib.sha256()
    for path in sorted(p for p in SOURCE.rglob("*") if p.suffix in {".py", ".yaml", ".sql", ".parquet"}):
        total.update(path.read_bytes())
    return total.hexdigest()


def _free_port() -> int:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return int(own.getsockname()[1])


@pytest.fixture(scope="session")
def agency() -> Iterator[str]:
    """Load and serve the demo agency; the address of its first page."""
    home = Path(os.environ["OPENILP_TEST_HOME"]) / "journeys"
    port = _free_port()
    environment = {
        **os.environ,
        "OPENILP_HOME": str(home),
        "OPENILP_VOLATILE": "1",
        "OPENILP_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "openilp.web.settings",
        "PORT": str(port),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "openilp.cli"]
    mark = home / "made-of"
    if not mark.exists() or mark.read_text() != _version():
        subprocess.run([*command, "stop"], env=environment, check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([*command, "demo", "--load-only"], env=environment, check=True)
        mark.write_text(_version())
    server = subprocess.Popen([*command, "demo"], env=environment)
    try:
        _await(f"http://localhost:{port}/health")
        yield f"http://localhost:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
        mark.unlink(missing_ok=True)


def _await(address: str) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer within 90 s", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a screen."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield made
        made.close()


@pytest.fixture
def watched() -> Watched:
    """What the pages of this walk did wrong; each walk ends by asserting that it is nothing."""
    return Watched()


@pytest.fixture
def visit(agency: str, browser: Browser, watched: Watched) -> Iterator[Callable[..., Page]]:
    """Return a log-in: `visit("chair", width=390)` gives a page of that account."""
    contexts: list[BrowserContext] = []

    def log_in(
        account: str, *, width: int = 1440, height: int = 900, theme: str = "light", **more: Any
    ) -> Page:
        context = browser.new_context(
            base_url=agency, viewport={"width": width, "height": height}, color_scheme=theme, **more
        )
        contexts.append(context)
        context.on("request", lambda request: _note(request, agency, watched))
        context.set_default_timeout(90_000)
        page = context.new_page()
        page.on("pageerror", lambda error: watched.faults.append(str(error)))
        page.on(
            "console",
            lambda m: watched.faults.append(m.text) if "Content Security Policy" in m.text else None,
        )
        page.goto("/")
        page.fill("input[name=login]", account)
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.click("main form button.go")
        page.wait_for_url(f"{agency}/")
        return page

    yield log_in
    for context in contexts:
        context.close()
    assert watched.outside == []
    assert watched.faults == []


def _note(request: Request, agency: str, watched: Watched) -> None:
    if not request.url.startswith((agency, "data:", "blob:")):
        watched.outside.append(request.url)
