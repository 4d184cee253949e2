"""What the supervisory authority asked data protection, and what it was answered."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from openilp.oversight.models import AuthorityAnswer, AuthorityRequest
from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound


def requests(*, actor: Actor) -> Any:
    """Return what was asked, as far as the actor may see it, each with whether it is answered."""
    answers = AuthorityAnswer.objects.seen_by(actor).filter(request=OuterRef("pk"))
    found = AuthorityRequest.objects.seen_by(actor).select_related("created_by")
    return found.annotate(is_answered=Exists(answers))


def request(ref: str, *, actor: Actor) -> AuthorityRequest:
    """Return what was asked under a reference.

    Raises:
        RecordNotFound: If there is nothing that the actor may see.
    """
    found: AuthorityRequest | None = requests(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def answer_of(row: AuthorityRequest, *, actor: Actor) -> AuthorityAnswer | None:
    """Return the answer, or nothing."""
    found: AuthorityAnswer | None = (
        AuthorityAnswer.objects.seen_by(actor).filter(request=row).select_related("created_by").first()
    )
    return found


@dataclass(frozen=True)
class Entry:
    """A request of a person as the authority reads it: its kind and its clock, nothing of the person."""

    ref: str
    kind: str
    received_on: date
    due_on: date
    extended_on: date | None
    closed_on: date | None
    outcome: str
    authority_ref: str


def rights_register(*, actor: Actor) -> list[Entry]:
    """Return the newest 500 requests of persons by their clocks; the database gives them to the authority only."""
    acting.require("RightsRequest")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM openilp_rights_register()")
        return [Entry(*row) for row in cursor.fetchall()]
