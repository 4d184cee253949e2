"""Every page of every duty: it opens, it is accessible, it stays inside the machine, in light and dark."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page

from openilp.cli.demo import DEMO_PASSWORD
from tests.journeys.crawling import Crawl, routes

pytestmark = pytest.mark.journey

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}

#: One account a duty: together they are shown every page.
ACCOUNTS = (
    "chair",
    "head.of.intelligence",
    "intelligence.officer",
    "operational.analyst",
    "reporting.officer",
    "plan.owner",
    "liaison.officer",
    "data.protection",
    "oversight",
    "supervisory.authority",
    "administrator",
    "source.handler",
    "source.controller",
)
_SHUT = "the library asks for the name; nothing is behind it"
_VERB = "a verb on the page of another route, which waits for the right state"
_NONE = "the demo agency has none yet"
_SECOND_FACTOR = "walked by itself below"
_KEY = "walked by itself with a security key"
_PROVIDER = "only where a provider of single sign-on is configured"
#: Routes that no link of the demo agency leads to, and why.
UNLINKED = {
    "account_change_password": _SHUT,
    "account_email": _SHUT,
    "account_email_verification_sent": _SHUT,
    "account_reset_password": _SHUT,
    "account_reset_password_done": _SHUT,
    "account_set_password": _SHUT,
    "account_signup": _SHUT,
    "account_inactive": "only for an account that was closed while it logged in",
    "account_login": _SECOND_FACTOR,
    "account_logout": _SECOND_FACTOR,
    "account_reauthenticate": "only for a log-in that is old",
    "mfa_authenticate": _SECOND_FACTOR,
    "mfa_deactivate_totp": _SECOND_FACTOR,
    "mfa_download_recovery_codes": "a file",
    "mfa_generate_recovery_codes": _SECOND_FACTOR,
    "mfa_reauthenticate": "only for a log-in that is old",
    "mfa_view_recovery_codes": _SECOND_FACTOR,
    "mfa_add_webauthn": _KEY,
    "mfa_edit_webauthn": _KEY,
    "mfa_list_webauthn": _KEY,
    "mfa_remove_webauthn": _KEY,
    "mfa_reauthenticate_webauthn": "only for a log-in that is old",
    "bind-single-sign-on": _PROVIDER,
    "unbind-single-sign-on": _PROVIDER,
    "openid_connect_login": _PROVIDER,
    "openid_connect_callback": _PROVIDER,
    "socialaccount_connections": _SHUT,
    "socialaccount_login_cancelled": _PROVIDER,
    "socialaccount_login_error": _SHUT,
    "socialaccount_signup": _SHUT,
    "health": "asked by programs",
    "analysis:edition": "an address of former days that leads on to dissemination",
    "analysis:finish": _VERB,
    "carry-out-approval": _VERB,
    "collation:end-involvement": _VERB,
    "collation:end-search": _VERB,
    "collection:attachment": "a file",
    "collection:import-reasons": "a file",
    "collection:resume-import": _VERB,
    "dissemination:receipt": _VERB,
    "end-emergency": _VERB,
    "evaluation:settle": _VERB,
    "revoke-token": _VERB,
    "tasking:close": _VERB,
    "collation:supersede-link": _VERB,
    "corridor:crossing": _VERB,
    "corridor:erase": _VERB,
    "corridor:open-identity": _VERB,
    "corridor:unlock": _VERB,
    "end-delegation": _VERB,
    "stand-down": _VERB,
    "stand-in": _VERB,
    "oversight:report-event": _VERB,
    "oversight:certificate": "a file",
    "oversight:processing-document": "a file",
    "oversight:statistic-csv": "a file",
    "oversight:assessment-document": "a file",
    "oversight:breach-letter": "a file",
    "oversight:issue-statistics": _VERB,
    "oversight:answer-assessment": _VERB,
    "oversight:breach-step": _VERB,
    "oversight:breach-scope": _VERB,
    "oversight:authority-request": _NONE,
    "oversight:rights-finding": _NONE,
    "oversight:rights-order": _NONE,
    "oversight:letter": _NONE,
    "oversight:draft-letter": "a file",
    "oversight:search-for-person": _VERB,
    "oversight:judge-finding": _VERB,
    "oversight:order-measure": _VERB,
    "oversight:take-over-request": _VERB,
    "oversight:extend-request": _VERB,
    "oversight:withdraw-request": _VERB,
    "oversight:ask-to-withhold": _VERB,
    "oversight:issue-letter": _VERB,
    "oversight:lift-restriction": _VERB,
    "oversight:acknowledge-correction": _VERB,
    "oversight:corrections": "only an alert leads there",
    "oversight:sample": _NONE,
    "oversight:sign": _NONE,
    "collation:categorise": _NONE,
    "collation:search": _NONE,
    "dissemination:consent": _NONE,
    "evaluation:sanitisation": _NONE,
    "evaluation:necessity": _NONE,
    "evaluation:item-necessity": _NONE,
    "tasking:comparison": _NONE,
}


def complaints(page: Page, rules: dict[str, Any] = WCAG) -> list[str]:
    """Return what axe finds wrong with a page, one line a rule."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(result => result.violations)", rules
    )
    return [f"{page.url} {v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in found]


def test_every_page_is_accessible_in_light_and_dark_and_at_two_hundred_per_cent(
    visit: Callable[..., Page],
) -> None:
    """axe finds nothing by WCAG 2.2 AA on any page; zoomed to 200 % none of them scrolls sideways.

    Pages are found by following links, and a page that nothing leads to fails the walk.
    """
    crawl, found, wide = Crawl(), list[str](), list[str]()
    for account in ACCOUNTS:
        page = visit(account)
        for address in crawl.pages(page):
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
            found += complaints(page)
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            found += [f"dark {line}" for line in complaints(page, CONTRAST)]
            page.set_viewport_size({"width": 720, "height": 450})
            if page.evaluate("document.documentElement.scrollWidth") > 720:
                wide.append(address)
            page.set_viewport_size({"width": 1440, "height": 900})

    unlinked = routes() - set(crawl.met)
    astray = [f"{route}: nothing leads to it" for route in sorted(unlinked - set(UNLINKED))]
    wrong = found + wide + crawl.faults + astray
    assert not wrong, "\n".join(wrong)


def test_log_in_and_second_factor_are_accessible(visit: Callable[..., Page]) -> None:
    """From switching the second factor on to logging in with it and off again: axe finds nothing on the way."""
    page = visit("officer.sou1")
    found = []
    page.goto("/account/second-factor/app/activate/")
    found += complaints(page)
    secret = page.inner_text("code[aria-labelledby=secret-label]").strip()
    page.fill("input[name=code]", code_of(secret))
    page.click("main form button.go")
    for path in ("", "codes/", "codes/new/", "app/remove/"):
        page.goto(f"/account/second-factor/{path}")
        found += complaints(page)
    page.goto("/account/logout/")
    found += complaints(page)
    page.click("main form button.go")
    page.goto("/")
    found += complaints(page)
    page.fill("input[name=login]", "officer.sou1")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("main form button.go")
    page.wait_for_url("**/second-factor/authenticate/**")
    found += complaints(page)

    assert not found, "\n".join(found)


def code_of(secret: str) -> str:
    """Return the code that an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


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
