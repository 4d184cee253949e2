"""What the verbs of the room write along: rows that may be there once, the law of a row, and notices."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from openilp.direction.errors import AlreadyClosed
from openilp.direction.models import Requirement
from openilp.safeguards import notices
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label
from openilp.safeguards.models import User


def once(model: Any, refusal: AlreadyClosed, **values: Any) -> Any:
    """Record a row that may be there once; who comes second at the same moment is refused as who comes later."""
    try:
        with transaction.atomic():
            return model.objects.record(**values)
    except IntegrityError as error:
        raise refusal from error


def lawful(legal_basis: str, label: Label | None, review_on: date | None) -> dict[str, Any]:
    """Return the values of law and label for a new row, as far as they are given."""
    values: dict[str, Any] = {"legal_basis": legal_basis}
    if label is not None:
        values["label"] = label
    if review_on is not None:
        values["review_on"] = review_on
    return values


def address_of(row: Requirement) -> str:
    """Return the page of a requirement."""
    return f"/direction/requirements/{row.ref}"


def tell(actor: Actor, people: Sequence[User], kind: str, ref: str, url: str) -> None:
    """Send a notice to people, except to the actor."""
    others = {person.pk for person in people} - {actor.user_id}
    notices.notify(actor=actor, recipients=others, kind=kind, ref=ref, url=url)
