"""Words to accounts: urgent report, task due, product released. Ids and kinds only, never content."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Notice


def notify(
    *,
    actor: Actor,
    recipients: Iterable[UUID],
    kind: str,
    ref: str = "",
    url: str = "",
    is_urgent: bool = False,
    erasure: UUID | None = None,
) -> None:
    """Tell accounts that something happened; `kind` is a code that the page puts into words.

    What tells of an `erasure` stays unread until its reader confirms that every copy is destroyed.
    """
    rows: models.QuerySet[Any] = models.QuerySet(model=Notice)
    rows.bulk_create(
        [
            Notice(
                recipient_id=key,
                kind=kind,
                ref=ref,
                url=url,
                is_urgent=is_urgent,
                created_by_id=actor.user_id,
                erasure_id=erasure,
            )
            for key in sorted(set(recipients))
        ]
    )


def unread(*, actor: Actor) -> Any:
    """Return the actor's unread notices, newest first."""
    return Notice.objects.seen_by(actor).filter(read_at=None)


def mark_read(*, actor: Actor, notice: Notice) -> None:
    """Mark one of the actor's own notices as read; one that tells of an erasure is confirmed by it."""
    now = timezone.now()
    said = {"read_at": now, "acknowledged_at": now} if notice.erasure_id else {"read_at": now}
    Notice.objects.seen_by(actor).filter(pk=notice.pk, read_at=None).amend(**said)
