"""What each duty does all day, done in a browser: report on a phone, grade by keys, analyse, decide."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.journey


def test_an_officer_reports_on_a_phone(visit: Callable[..., Page]) -> None:
    """Two pieces of information, handed in at 390 px and read back [COL-02]."""
    page = visit("reporting.officer", width=390, height=844)
    page.goto("/collection/reports/new")
    first = page.locator("textarea").first
    first.fill("A blue van with plate AT-JRN 11 stood at the quay with its engine running.")
    page.locator("input[name=items-0-kind][value=fact]").check(force=True)
    page.get_by_role("button", name="Another piece of information").click()
    page.locator("textarea[name=items-1-text]").fill("Two men carried boxes into it.")
    page.locator("input[name=items-1-kind][value=fact]").check(force=True)
    page.locator("label", has_text="Seen or heard").first.click()
    page.locator("label", has_text="Medium").first.click()
    page.get_by_role("button", name="Hand in").click()

    expect(page).to_have_url(re.compile(r"/collection/reports/R-"))
    expect(page.locator("main")).to_contain_text("A blue van with plate AT-JRN 11")
    expect(page.locator("main")).to_contain_text("Two men carried boxes into it.")


def test_a_refused_report_keeps_what_was_written(visit: Callable[..., Page]) -> None:
    """Nothing is lost when a field is missing: the text stands as it was typed."""
    page = visit("reporting.officer", width=390, height=844)
    page.goto("/collection/reports/new")
    page.locator("textarea").first.fill("<script>alert(1)</script> & a grey car")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_load_state("networkidle")

    expect(page.locator("textarea").first).to_have_value("<script>alert(1)</script> & a grey car")
    expect(page.locator("main [role=alert], main .invalid").first).to_be_visible()


def test_an_evaluator_grades_an_item_with_six_keys(visit: Callable[..., Page]) -> None:
    """G, source, information, handling, Enter: at most six keystrokes and no mouse [EVA-01]."""
    page = visit("intelligence.officer")
    page.goto("/evaluation/")
    page.wait_for_load_state("networkidle")
    waiting = page.locator("main tbody tr").first
    report = waiting.locator("a").first.inner_text()
    for key in ("g", "b", "2", "1"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.keyboard.press("Enter")
    assert saved.value.status < 400
    page.wait_for_load_state("networkidle")

    page.goto(f"/evaluation/reports/{report}")
    expect(page.locator("main .gr:not(.none)").first).to_contain_text("B")


def test_an_analyst_freezes_data_and_sees_the_gap(visit: Callable[..., Page]) -> None:
    """A snapshot, a monthly trend on it, and the months without data shown as a gap [ANA-06, ANA-16]."""
    page = visit("operational.analyst")
    page.goto("/analysis/snapshots/new")
    page.fill("input[name=title]", "Burglary in 2024")
    page.fill("input[name=starts_on]", "2024-01-01")
    page.fill("input[name=ends_on]", "2024-12-31")
    page.check("input[name=crime_types][value=burglary]")
    page.get_by_role("button", name="Freeze the data").click()
    expect(page).to_have_url(re.compile(r"/analysis/snapshots/SN-"))
    page.goto(page.url + "/monthly_trend")
    page.locator("main form button.go").click()

    expect(page).to_have_url(re.compile(r"/analysis/runs/MR-"), timeout=20000)
    expect(page.locator("main")).to_contain_text("2024-07")
    expect(page.locator("[data-island=chart] svg").first).to_be_visible()


def test_a_chair_calls_a_meeting_and_decides(visit: Callable[..., Page]) -> None:
    """From the agenda that filled itself to a decision with reasons [TCG-02, TCG-04, TCG-07]."""
    page = visit("chair")
    page.goto("/tasking/meetings/new")
    page.fill("input[name=title]", "Weekly meeting of the journey")
    page.select_option("select[name=unit]", index=1)
    page.fill("input[name=starts_at]", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M"))
    page.select_option("select[name=chair]", index=1)
    page.get_by_role("button", name="Call the meeting").click()
    expect(page).to_have_url(re.compile(r"/tasking/meetings/MT-"))

    expect(page.locator("main")).to_contain_text("Weekly meeting of the journey")
    expect(page.locator("main ol li, main tbody tr").first).to_be_visible()


def test_the_keyboard_alone_reaches_a_report(visit: Callable[..., Page]) -> None:
    """Skip link, search by /, list by J and Enter; no mouse (WCAG 2.1.1)."""
    page = visit("intelligence.officer")
    page.goto("/help")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("lantern-that-nobody-wrote")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q="))

    assert "lantern-that-nobody-wrote" in page.inner_text("main") + str(
        page.input_value("input[type=search]")
    )


def test_changing_the_theme_is_kept(visit: Callable[..., Page]) -> None:
    """Light or dark by choice, on the next page too."""
    page = visit("chair")
    page.locator("[data-theme-toggle]").click()
    page.goto("/direction/")

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
