"""Verbs on accounts that the floor leaves to the frame: language, tokens, second factor, purpose."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings

from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import AccountError, RecordNotFound
from openilp.safeguards.models import ApiToken, User
from openilp.safeguards.roles import EVERYONE, Role


@action("web.set_language", roles=EVERYONE, operation="account")
def set_language(*, actor: Actor, language: str) -> User:
    """Set the language of the actor's own pages."""
    known = [code for code, _ in settings.LANGUAGES]
    if language not in known:
        raise AccountError(f"Language '{language}' is not one of {', '.join(known)}.")
    user = User.objects.get(pk=actor.user_id)
    user.language = language
    user.save(update_fields=["language"])
    return user


@action("web.revoke_token", roles=EVERYONE, operation="account")
def revoke_token(*, actor: Actor, token: UUID) -> User:
    """End one of the actor's own API tokens at once.

    Raises:
        RecordNotFound: If the actor has no such token.
    """
    gone, _ = ApiToken.objects.filter(pk=token, user_id=actor.user_id).delete()
    if not gone:
        raise RecordNotFound(str(token))
    return User.objects.get(pk=actor.user_id)


@action("web.remove_second_factor", roles=[Role.ADMINISTRATOR], operation="account")
def remove_second_factor(*, actor: Actor, user: User) -> User:
    """Take a lost device off an account: its holder sets up a new one at the next log-in.

    Raises:
        AccountError: If the actor asks it for the own account: that goes through the own settings.
    """
    if user.pk == actor.user_id:
        raise AccountError(
            "Remove your own second factor in your settings, where the present one is asked for."
        )
    Authenticator.objects.filter(user=user).delete()
    return user
