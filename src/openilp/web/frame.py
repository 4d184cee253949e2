"""What every page's frame shows: actor, purpose, navigation."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from openilp.safeguards import notices
from openilp.safeguards.models import Matter, Unit
from openilp.web import navigation

_WORDS = Path(__file__).parent / "static" / "dist" / "words.json"


@cache
def _script_texts() -> tuple[str, ...]:
    return tuple(json.loads(_WORDS.read_text())) if _WORDS.exists() else ()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context; lists are read only when a template shows them."""
    actor = getattr(request, "actor", None)
    words = {text: gettext(text) for text in _script_texts()}
    fixed = {"agency": settings.OPENILP_AGENCY, "is_demo": settings.OPENILP_DEMO, "script_words": words}
    if actor is None:
        return {"actor": None, **fixed}
    matters = SimpleLazyObject(lambda: list(Matter.objects.seen_by(actor).filter(pk__in=actor.compartments)))
    match = request.resolver_match
    return {
        "actor": actor,
        "own_matters": matters,
        "purpose": SimpleLazyObject(lambda: next((m for m in matters if m.pk == actor.purpose), None)),
        "unread_count": SimpleLazyObject(lambda: notices.unread(actor=actor).count_up_to(navigation.MOST)),
        "unit_name": SimpleLazyObject(
            lambda: Unit.objects.filter(pk=actor.unit_id).values_list("name", flat=True).first()
        ),
        "steps": navigation.steps(actor),
        "room": (match.app_name or match.url_name or "") if match else "",
        **fixed,
    }
