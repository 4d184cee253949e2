"""Verbs on accounts that the floor leaves to the frame: language, tokens, second factor, purpose."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings

from openilp.safeguards import approvals, notices, people
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import Subject
from openilp.safeguards.errors import AccountError, RecordNotFound
from openilp.safeguards.models import ApiToken, ApprovalRequest, User
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


REMOVE_SECOND_FACTOR = "web.remove_second_factor"
approvals.two_person(REMOVE_SECOND_FACTOR, approvers=people.SECOND_PEOPLE)


def removing_second_factor(*, user: User) -> Subject:
    """Return the removal of a second factor as what an approval binds: the very devices that there are now."""
    devices = Authenticator.objects.filter(user=user).order_by("pk").values_list("pk", flat=True)
    seen = people.state_of(user) | {"devices": list(devices)}
    return Subject(REMOVE_SECOND_FACTOR, "user", user.pk, str(user), {}, seen)


@action(REMOVE_SECOND_FACTOR, roles=[Role.ADMINISTRATOR], operation="account")
def remove_second_factor(*, actor: Actor, user: User, approval: ApprovalRequest | None = None) -> User:
    """Take a lost device off an account: sessions and tokens end, its holder sets up a new one at the next log-in.

    Raises:
        AccountError: If the actor asks it for one's own account: that goes through one's own settings.
        ApprovalNeeded: If no second person approved it.
    """
    if user.pk == actor.user_id:
        raise AccountError(
            "Remove your own second factor in your settings, where the present one is asked for."
        )
    people.read_anew(user)
    approvals.consume(actor=actor, request=approval, subject=removing_second_factor(user=user))
    Authenticator.objects.filter(user=user).delete()
    people.end_sessions(user)
    notices.notify(actor=actor, recipients=[user.pk], kind="second_factor_removed", url="/settings/")
    return user
