"""Verbs on saved searches: keep one, end one, tell the owner what is new."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from openilp.collation import selectors
from openilp.collation.errors import CollationError
from openilp.collation.models import SavedSearch
from openilp.collation.selectors import Filters
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import CONTENT

#: A watch that nobody renews ends by itself.
LONGEST_DAYS = 366


@action("collation.save_search", roles=CONTENT, operation="collection")
def save_search(
    *,
    actor: Actor,
    title: str,
    query: str,
    filters: Filters,
    reason: str,
    expires_on: date,
    legal_basis: str,
) -> SavedSearch:
    """Keep a search that tells its owner about new hits until it expires.

    Raises:
        SearchHasNothing: If it asks for nothing.
        CollationError: If title or reason is missing, or it would not expire within a year.
    """
    kept = selectors.check_query(query, filters)
    if not title.strip():
        raise CollationError("title", "The title is missing; name what you are looking for.")
    if not reason.strip():
        raise CollationError("reason", "The reason is missing; say what the watch is for.")
    today = timezone.localdate()
    latest = today + timedelta(days=LONGEST_DAYS)
    if not today < expires_on <= latest:
        raise CollationError(
            "expires_on", f"{expires_on} is no end; choose a day after {today}, by {latest}."
        )
    made: SavedSearch = SavedSearch.objects.record(
        actor=actor,
        title=title.strip(),
        query=kept,
        reason=reason.strip(),
        expires_on=expires_on,
        legal_basis=legal_basis,
        review_on=expires_on,
    )
    return made


@action("collation.end_search", roles=CONTENT)
def end_search(*, actor: Actor, saved: SavedSearch) -> SavedSearch:
    """End a saved search before it expires."""
    mine = selectors.saved_searches(actor=actor).filter(pk=saved.pk)
    mine.amend(ended_on=timezone.localdate())
    return saved


@action("collation.alert_saved_searches", roles=CONTENT, operation="consultation")
def alert_saved_searches(*, actor: Actor, now: datetime) -> list[SavedSearch]:
    """Run the actor's own saved searches of the present matter and tell the actor which have new hits."""
    told = []
    for row in selectors.saved_searches(actor=actor).filter(purpose=actor.purpose):
        if not selectors.newer_hits(row, actor=actor):
            continue
        selectors.saved_searches(actor=actor).filter(pk=row.pk).amend(alerted_at=now)
        notices.notify(
            actor=actor,
            recipients=[actor.user_id],
            kind="saved_search_hit",
            ref=row.ref,
            url=reverse("collation:search", args=[row.ref]),
        )
        told.append(row)
    return told
