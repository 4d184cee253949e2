"""What a browser is told to hold: a strict content security policy, and cookies that no other host or script gets."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from django.test import Client

from openilp.web.middleware import CONTENT_SECURITY_POLICY
from tests.factories import World

TEMPLATES = sorted((Path(__file__).parents[2] / "src" / "openilp").rglob("templates/**/*.html"))
_PRINT = """
import json
from openilp.web import settings
names = [n for n in dir(settings) if n.startswith(("SESSION_", "CSRF_", "SECURE_"))]
print(json.dumps({n: getattr(settings, n) for n in names}, default=str))
"""
_INLINE = re.compile(
    r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*(?:\bsrc=|type=\"application/json\"))"
)


def settings_of(origin: str) -> dict[str, object]:
    """Return the product's settings of cookies and transport for an address."""
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        env={**os.environ, "OPENILP_ORIGIN": origin},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_over_https_cookies_stay_with_this_host() -> None:
    """Secure, not readable by scripts, not sent along from other sites, bound to the host by their names."""
    found = settings_of("https://ilp.example.org")

    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_HTTPONLY"] is True
    assert found["SESSION_COOKIE_SAMESITE"] == found["CSRF_COOKIE_SAMESITE"] == "Lax"
    assert str(found["SESSION_COOKIE_NAME"]).startswith("__Host-")
    assert str(found["CSRF_COOKIE_NAME"]).startswith("__Host-")
    assert int(str(found["SECURE_HSTS_SECONDS"])) >= 365 * 86400
    assert found["SESSION_EXPIRE_AT_BROWSER_CLOSE"] is True


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(world: World) -> None:
    """With every answer, of errors too; frames, plug-ins and another base are shut."""
    rules = dict(rule.strip().split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    for address in ("/account/login/", "/nowhere", "/api/v1/me", "/account/signup/"):
        answer = Client().get(address)
        assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]


def test_no_page_holds_what_the_policy_would_block() -> None:
    """No inline style, no handler in an attribute, no inline program."""
    found = {page.name: _INLINE.findall(page.read_text()) for page in TEMPLATES}

    assert len(found) > 50
    assert {name: what for name, what in found.items() if what} == {}
