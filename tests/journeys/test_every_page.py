"""Every page of every duty: it opens, it is accessible, it stays inside the machine, in light and dark."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.journey

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: First pages of each room; objects are reached by the first link of a list, so that no reference is written down.
LISTS = {
    "chair": [
        "/",
        "/direction/",
        "/tasking/",
        "/tasking/decisions",
        "/review/",
        "/review/priorities",
        "/alerts",
    ],
    "head.of.intelligence": ["/", "/dissemination/", "/collation/quarantine", "/review/lessons", "/help"],
    "intelligence.officer": [
        "/",
        "/evaluation/",
        "/collation/",
        "/search?q=plate",
        "/collection/imports/",
        "/collection/quarantine/",
    ],
    "operational.analyst": ["/", "/analysis/", "/analysis/products", "/analysis/runs", "/collation/entities"],
    "reporting.officer": ["/", "/collection/", "/collection/reports/new", "/settings/"],
    "plan.owner": ["/", "/tasking/tasks"],
    "administrator": ["/", "/settings/"],
    "data.protection": ["/"],
    "oversight": ["/"],
}
OBJECTS = {
    "chair": ["/direction/", "/tasking/decisions", "/tasking/meetings"],
    "intelligence.officer": ["/evaluation/", "/collection/imports/", "/collection/quarantine/"],
    "operational.analyst": ["/analysis/products", "/analysis/runs", "/collation/entities"],
    "reporting.officer": ["/collection/"],
    "plan.owner": ["/tasking/tasks"],
}


def complaints(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, one line a rule."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(result => result.violations)", RULES
    )
    return [f"{page.url} {v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in found]


def objects_of(page: Page, path: str) -> str:
    """Return the address of the first object of a list."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    link = page.locator("main tbody a[href], main li a[href]").first
    return str(link.get_attribute("href"))


@pytest.mark.parametrize("account", LISTS)
def test_the_lists_of_a_duty_are_accessible(visit: Callable[..., Page], account: str) -> None:
    """axe finds nothing by WCAG 2.2 AA on the first pages of each room."""
    page = visit(account)
    found = []
    for path in LISTS[account]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found += complaints(page)

    assert found == []


@pytest.mark.parametrize("account", OBJECTS)
def test_the_objects_of_a_duty_are_accessible(visit: Callable[..., Page], account: str) -> None:
    """The same on one object of each kind, in the dark theme."""
    page = visit(account, theme="dark")
    found = []
    for path in OBJECTS[account]:
        answer = page.goto(objects_of(page, path))
        assert answer is not None
        assert answer.status == 200, path
        found += complaints(page)

    assert found == []


@pytest.mark.parametrize(
    ("account", "path"),
    [
        ("reporting.officer", "/collection/reports/new"),
        ("intelligence.officer", "/evaluation/"),
        ("plan.owner", "/tasking/tasks"),
    ],
)
def test_what_people_use_on_a_phone_fits_a_phone(visit: Callable[..., Page], account: str, path: str) -> None:
    """Report form, inbox and task list at 390 px: nothing is cut off sideways."""
    page = visit(account, width=390, height=844)
    page.goto(path)
    page.wait_for_load_state("networkidle")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints(page) == []


@pytest.mark.parametrize("account", ["chair", "intelligence.officer", "operational.analyst"])
def test_pages_hold_at_two_hundred_per_cent(visit: Callable[..., Page], account: str) -> None:
    """Zoomed to 200 % (half the width), the page's own body does not scroll sideways."""
    page = visit(account, width=720, height=450)
    wide = []
    for path in LISTS[account]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > 720:
            wide.append(path)

    assert wide == []


def test_a_role_without_content_is_refused_in_words(visit: Callable[..., Page]) -> None:
    """The administrator meets a page that says so, not a blank one [LEG-01]."""
    page = visit("administrator")
    answer = page.goto("/evaluation/")

    assert answer is not None
    assert answer.status == 403
    assert "Not open to you" in page.inner_text("main")


def test_hidden_and_absent_read_the_same(visit: Callable[..., Page]) -> None:
    """A reference that exists for others and one that never existed give the same page."""
    head = visit("head.of.intelligence")
    rows = head.request.get("/api/v1/matters").json()["rows"]
    hidden = next(row["ref"] for row in rows if not row.get("is_agency_wide"))
    officer = visit("officer.nor1")
    pages = []
    for ref in (hidden, "M-2222-2222"):
        answer = officer.goto(f"/review/thread/{ref}")
        assert answer is not None
        assert answer.status == 404
        pages.append(officer.inner_text("main").replace(ref, "…"))

    assert pages[0] == pages[1]
