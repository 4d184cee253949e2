"""Bearer tokens of the REST API and the terminal."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotAMember
from openilp.safeguards.models import ApiToken, User
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


@dataclass(frozen=True)
class Bearer:
    """The open account behind a token, and the matter that it acts for."""

    user: User
    purpose_id: UUID


#: One plain statement: every request of the API begins with it.
_BEARER = """
SELECT holder.*, token.purpose_id AS token_purpose
FROM safeguards_apitoken token JOIN safeguards_user holder ON holder.id = token.user_id
WHERE token.digest = %s AND token.expires_at > %s AND holder.is_active
"""


def account_of_token(token: str) -> Bearer | None:
    """Return who bears the living token with this text, or nothing."""
    rows: Any = User.objects.raw(_BEARER, [token_digest(token), timezone.now()])
    return next((Bearer(user, user.token_purpose) for user in rows), None)
