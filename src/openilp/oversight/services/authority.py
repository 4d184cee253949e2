"""The supervisory authority asks; data protection answers. Neither tells whether a record exists."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import AuthorityAnswer, AuthorityRequest
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.people import colleagues
from openilp.safeguards.roles import Role

#: What the authority may ask: that a record be looked at, or that a person uses rights through it (Art. 17).
KINDS = ("record", "person")
#: What data protection answers. "Nothing to change" is said of a lawful record and of none alike.
FINDINGS = ("nothing_to_change", "corrected", "restricted", "erased", "request_opened")
#: Days in which it is answered. Our own figure; national law sets it.
DAYS = 30
_SHORTEST = 20


class AuthorityAnswered(OversightConflict):
    """Say that a request of the authority has its answer."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"{ref} was answered before; an answer stands as it was written.")


@action("oversight.ask_data_protection", roles=[Role.SUPERVISORY_AUTHORITY], operation="consultation")
def ask_data_protection(*, actor: Actor, kind: str, about: str, reason: str) -> AuthorityRequest:
    """Ask data protection to look at a record's lawfulness, or to open a request of a person's rights (Art. 17).

    It is recorded whether or not there is such a record; who the person is comes to the officer outside the system.

    Args:
        actor: The authority's account.
        kind: `record` or `person`.
        about: The reference of the record, or the authority's own file number.
        reason: What the authority wants to know, and why.

    Raises:
        OversightError: If one of them is missing.
    """
    if kind not in KINDS:
        raise OversightError("kind", f"'{kind[:40]}' is no kind of request; use one of {', '.join(KINDS)}.")
    if not about.strip():
        raise OversightError("about", "Name the record's reference, or your own file number.")
    _check("reason", reason)
    row: AuthorityRequest = AuthorityRequest.objects.record(
        actor=actor,
        kind=kind,
        about=about.strip()[:60],
        reason=reason.strip(),
        due_on=timezone.localdate() + timedelta(days=DAYS),
    )
    officers = colleagues(actor=actor, roles=[Role.DATA_PROTECTION_OFFICER])
    _tell(actor, row, "authority_asks", [user.pk for user in officers])
    return row


@action("oversight.answer_authority", roles=[Role.DATA_PROTECTION_OFFICER], operation="disclosure")
def answer_authority(
    *, actor: Actor, request: AuthorityRequest, finding: str, reason: str
) -> AuthorityAnswer:
    """Answer the authority: what was found, in words that hold nothing of a record.

    Raises:
        OversightError: If the finding is none, or the words say nothing.
        AuthorityAnswered: If it was answered before.
    """
    if finding not in FINDINGS:
        raise OversightError("finding", f"'{finding[:40]}' is no finding; use one of {', '.join(FINDINGS)}.")
    _check("reason", reason)
    try:
        with transaction.atomic():
            row: AuthorityAnswer = AuthorityAnswer.objects.record(
                actor=actor, request=request, finding=finding, reason=reason.strip()
            )
    except IntegrityError as error:
        raise AuthorityAnswered(request.ref) from error
    _tell(actor, request, "authority_answered", [request.created_by_id])
    return row


def _check(field: str, words: str) -> None:
    if len(words.strip()) < _SHORTEST:
        raise OversightError(field, f"Say it in a sentence of at least {_SHORTEST} letters.")


def _tell(actor: Actor, row: AuthorityRequest, kind: str, recipients: list[UUID]) -> None:
    notices.notify(
        actor=actor,
        recipients=recipients,
        kind=kind,
        ref=row.ref,
        url=f"/oversight/authority/{row.ref}",
    )
