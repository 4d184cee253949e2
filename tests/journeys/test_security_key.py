"""A security key beside the password: a real browser with an authenticator of its own."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from openilp.cli.demo import DEMO_PASSWORD

pytestmark = pytest.mark.journey
ACCOUNT = "liaison.officer"


def plug_in(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a security key, and return how to speak to it."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    made = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devices, made["authenticatorId"]


def log_in_again(page: Page) -> None:
    """Log out, and give name and password anew."""
    page.goto("/account/logout/")
    page.locator("main form button").first.click()
    page.goto("/account/login/")
    page.fill("input[name=login]", ACCOUNT)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("main form button.go")
    expect(page).to_have_url(re.compile("/account/second-factor/authenticate/"))


def test_a_security_key_is_added_asked_for_and_removed(visit: Callable[..., Page]) -> None:
    """Added once, it is needed with the password; removed, it is not asked for [LEG-01]."""
    page = visit(ACCOUNT)
    devices, key = plug_in(page)
    page.goto("/account/second-factor/")
    page.get_by_role("link", name="Add a key").click()
    page.fill("input[name=name]", "the blue one")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page).not_to_have_url(re.compile("/keys/add/"))
    page.goto("/account/second-factor/keys/")
    expect(page.locator("main")).to_contain_text("the blue one")

    log_in_again(page)
    page.get_by_role("button", name="Use a security key").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))

    credentials = devices.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert credentials[0]["signCount"] >= 2
    assert credentials[0]["rpId"] == "localhost"
    page.goto("/account/second-factor/keys/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    page.goto("/account/second-factor/")
    expect(page.locator("main")).to_contain_text("off")
