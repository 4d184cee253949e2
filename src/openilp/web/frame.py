"""What every page's frame shows: actor, purpose, navigation."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from openilp.safeguards import notices
from openilp.safeguards.models import Matter, Unit, User
from openilp.safeguards.roles import Role
from openilp.web import navigation, single_sign_on
from openilp.web.demo import DEMO_PASSWORD

_WORDS = Path(__file__).parent / "static" / "dist" / "words.json"

#: Pages that belong to another entry of the navigation.
_STANDS_FOR = {
    "corridor": "corridor:home",
    "oversight": "oversight:home",
    "account": "accounts",
    "join": "accounts",
    "approval": "approvals",
    "emergency": "emergencies",
    "delegations": "my-settings",
    "matter": "matters",
    "change-password": "my-settings",
}


@cache
def _script_texts() -> tuple[str, ...]:
    return tuple(json.loads(_WORDS.read_text())) if _WORDS.exists() else ()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context; lists are read only when a template shows them."""
    actor = getattr(request, "actor", None)
    words = {text: gettext(text) for text in _script_texts()}
    fixed = {"agency": settings.OPENILP_AGENCY, "is_demo": settings.OPENILP_DEMO, "script_words": words}
    fixed["chosen"] = ""
    fixed["is_unreviewed"] = not (translation.get_language() or "en").startswith("en")
    if actor is None:
        return {"actor": None, **fixed, **single_sign_on.login_context(), **_demo(request)}
    match = request.resolver_match
    name = (match.app_name or match.url_name or "") if match else ""
    name = _STANDS_FOR.get(name, name)
    steady = {
        "actor": actor,
        "steps": navigation.steps(actor),
        "around": navigation.around(actor),
        "room": name,
    }
    if getattr(request, "openilp_refused", False):
        return {**steady, **fixed, "is_refusal": True}
    matters = SimpleLazyObject(lambda: list(Matter.objects.seen_by(actor).filter(pk__in=actor.compartments)))
    return {
        **steady,
        "own_matters": matters,
        "purpose": SimpleLazyObject(lambda: next((m for m in matters if m.pk == actor.purpose), None)),
        "unread_count": SimpleLazyObject(lambda: notices.unread(actor=actor).count_up_to(navigation.MOST)),
        "unit_name": SimpleLazyObject(
            lambda: Unit.objects.filter(pk=actor.unit_id).values_list("name", flat=True).first()
        ),
        **fixed,
    }


def _demo(request: HttpRequest) -> dict[str, Any]:
    """Return what the log-in page of the demo shows: its password, and one account a duty."""
    if not settings.OPENILP_DEMO or getattr(request.resolver_match, "url_name", "") != "account_login":
        return {}
    return {
        "demo_password": DEMO_PASSWORD,
        "demo_accounts": SimpleLazyObject(_one_account_a_duty),
        "chosen": request.GET.get("as", ""),
    }


def _one_account_a_duty() -> list[User]:
    """Return an account for each duty in the order of the process: the one that is called after it, if there is one."""
    living = list(User.objects.filter(is_active=True).select_related("unit").order_by("username"))
    found = []
    for role in Role:
        holders = [user for user in living if role in user.roles]
        named = [user for user in holders if user.username.replace(".", "_") == role]
        found += (named or holders)[:1]
    return list(dict.fromkeys(found))
