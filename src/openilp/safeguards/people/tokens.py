"""Bearer tokens of the REST API and the terminal."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotAMember
from openilp.safeguards.models import ApiToken
from openilp.safeguards.roles import Role


@action("safeguards.issue_token", roles=list(Role), operation="account")
def issue_token(*, actor: Actor, name: str, days: int = 90) -> str:
    """Issue an API token for the actor's own account and present matter; it is shown this once."""
    if actor.purpose is None:
        raise NotAMember(actor.reason or "none")
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user_id=actor.user_id,
        purpose_id=actor.purpose,
        name=name,
        digest=token_digest(token),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token


def token_digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def account_of_token(token: str) -> ApiToken | None:
    """Return the living token with this text, or nothing."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=token_digest(token), expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
