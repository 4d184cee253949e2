"""Sensitive records over HTTP: how one stands, saying why, marking, ending a mark."""

from datetime import datetime
from typing import Any

from ninja import Field, Router, Schema

from openilp.safeguards import sensitive
from openilp.safeguards.actions import opens
from openilp.safeguards.models.sensitive import MARKERS
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.safeguards.sensitive import Standing

router = Router(tags=["accounts"])


class StandingOut(Schema):
    """Whether a record is sensitive, and until when it is open to the asking account."""

    ref: str
    kind: str
    is_sensitive: bool
    open_until: datetime | None

    @staticmethod
    def resolve_is_sensitive(row: Standing) -> bool:
        """Tell whether a mark runs."""
        return row.mark is not None


class WhyIn(Schema):
    """Why, in a sentence."""

    reason: str = Field(max_length=500)


@router.get("/sensitive/{ref}", response=StandingOut)
@opens("web.api_sensitive", roles=CONTENT)
def standing(request: ActorRequest, ref: str) -> Standing:
    """Tell whether a record is sensitive, and whether it is open; nothing of its content."""
    return sensitive.standing_of(ref, actor=request.actor)


@router.post("/sensitive/{ref}/open", response=StandingOut)
@opens("web.api_open_sensitive", roles=CONTENT)
def say_why(request: ActorRequest, ref: str, payload: WhyIn) -> Any:
    """Say why one opens a sensitive record; it opens for an hour, and whoever marked it is told."""
    sensitive.open_sensitive(actor=request.actor, reference=ref, reason=payload.reason)
    return sensitive.standing_of(ref, actor=request.actor)


@router.post("/sensitive/{ref}/mark", response=StandingOut)
@opens("web.api_mark_sensitive", roles=MARKERS)
def mark(request: ActorRequest, ref: str, payload: WhyIn) -> Any:
    """Have everybody say why before opening a record."""
    sensitive.mark_sensitive(actor=request.actor, reference=ref, reason=payload.reason)
    return sensitive.standing_of(ref, actor=request.actor)


@router.post("/sensitive/{ref}/end", response=StandingOut)
@opens("web.api_end_sensitive", roles=MARKERS)
def end(request: ActorRequest, ref: str, payload: WhyIn) -> Any:
    """Have a record open as any other again."""
    sensitive.end_sensitive(actor=request.actor, reference=ref, reason=payload.reason)
    return sensitive.standing_of(ref, actor=request.actor)
