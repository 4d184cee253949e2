"""Two people for what one alone must not do: the approval binds action, object, parameters, asker and expiry.

Whoever carries out a sensitive action asks for it here; a second person of a permitted role answers; carrying it out
consumes the approval once. What is carried out must be, to the byte, what was approved, on an object that is still as
both saw it. Decision page 5 says who the second person is.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from openilp.safeguards import acting, notices
from openilp.safeguards.actions import action, registered
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict, InvalidInput, NotPermitted, WrongApprover
from openilp.safeguards.labels import Level
from openilp.safeguards.models import ApprovalAnswer, ApprovalRequest, ApprovalUse, StoodIn, User
from openilp.safeguards.models.approvals import LOWER, TELLS_OF_RECORD
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import EVERYONE, Role

_SHORTEST_REASON = 5


@dataclass(frozen=True)
class TwoPersonRule:
    """Who may be the second person for an action, and how long an approval lives."""

    action: str
    approvers: frozenset[Role]
    lifetime: timedelta


@dataclass(frozen=True)
class Subject:
    """What is to be done: an action on an object with parameters, and the object's state as it is seen now."""

    action: str
    kind: str
    key: UUID
    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, Any] = field(default_factory=dict)


class ApprovalNeeded(Conflict):
    """Say that one person alone may not do this."""

    def __init__(self, action: str) -> None:
        self.action = action
        rule = rule_of(action)
        who = ", ".join(sorted(rule.approvers))
        super().__init__(
            f"'{action}' needs a second person ({who}); ask for the approval first and carry it out when it is given."
        )


class ApprovalNotGiven(Conflict):
    """Say that a second person has not approved, or has refused."""

    def __init__(self, ref: str, *, is_refused: bool) -> None:
        self.ref, self.is_refused = ref, is_refused
        what = "was refused" if is_refused else "waits for a second person"
        remedy = "ask anew with other reasons" if is_refused else "carry it out when it is approved"
        super().__init__(f"Request {ref} {what}; {remedy}.")


class ApprovalExpired(Conflict):
    """Say that an approval is too old."""

    def __init__(self, ref: str, expires_at: datetime) -> None:
        self.ref, self.expires_at = ref, expires_at
        super().__init__(f"Request {ref} ended on {expires_at:%Y-%m-%d at %H:%M}; ask for a new approval.")


class ApprovalUsed(Conflict):
    """Say that an approval has been consumed or answered."""

    def __init__(self, ref: str, what: str) -> None:
        self.ref = ref
        super().__init__(f"Request {ref} was {what} before, and that happens once; ask for a new approval.")


class ApprovalChanged(Conflict):
    """Say that what is to be done now is not what was approved."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(
            f"What is to be done now is not what request {ref} was about, or its object has changed meanwhile;"
            " ask for a new approval."
        )


class ApproverGone(Conflict):
    """Say that whoever approved could not approve any more."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(
            f"Whoever approved request {ref} has left or has other duties now; ask for a new approval."
        )


class NotLookedAt(Conflict):
    """Say that whoever would approve has not opened the record that it is about."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"Open {name} first: whoever lowers a label has read what others will see.")


class ReasonMissing(InvalidInput):
    """Say that a request or a refusal gives no reason."""

    field = "reason"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs a reason that the other person can judge; write a sentence.")


_rules: dict[str, TwoPersonRule] = {}


def two_person(action: str, *, approvers: Iterable[Role], hours: int = 24) -> TwoPersonRule:
    """Declare that an action needs a second person.

    Args:
        action: Name of the registered action.
        approvers: Roles of which the second person holds one.
        hours: How long a request, and its approval, can be used.
    """
    _rules[action] = TwoPersonRule(action, frozenset(approvers), timedelta(hours=hours))
    return _rules[action]


def rule_of(action: str) -> TwoPersonRule:
    """Return the rule of an action.

    Raises:
        InvalidInput: If the action needs no second person.
    """
    if action not in _rules:
        known = ", ".join(sorted(_rules))
        raise InvalidInput(f"'{action}' is no action that needs a second person; those are {known}.")
    return _rules[action]


def approver_roles() -> frozenset[Role]:
    """Return every role that may be a second person for something."""
    return frozenset(role for rule in _rules.values() for role in rule.approvers)


def digest_of(subject: Subject, *, asker: UUID, expires_at: datetime) -> str:
    """Return the hash that binds action, object, parameters, seen state, asker and expiry."""
    bound = {
        "action": subject.action,
        "kind": subject.kind,
        "object": str(subject.key),
        "parameters": dict(subject.parameters),
        "seen": dict(subject.seen),
        "asker": str(asker),
        "expires": expires_at.isoformat(),
    }
    text = json.dumps(bound, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@action("safeguards.ask_approval", roles=EVERYONE, operation="account")
def ask(*, actor: Actor, subject: Subject, reason: str) -> ApprovalRequest:
    """Ask a second person to approve an action; those who may answer are told.

    Raises:
        NotPermitted: If the asker may not carry out the action either.
        ReasonMissing: If the reason says nothing.
    """
    rule = rule_of(subject.action)
    verb = registered()[subject.action]
    if not actor.has_role(*verb.roles):
        raise NotPermitted(subject.action, verb.roles)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ReasonMissing("A request")
    acting.require("ApprovalRequest").justify(reason)
    expires_at = timezone.now() + rule.lifetime
    row: ApprovalRequest = ApprovalRequest.objects.record(
        actor=actor,
        action=subject.action,
        object_kind=subject.kind,
        object_id=subject.key,
        object_name=subject.name,
        parameters=dict(subject.parameters),
        seen=dict(subject.seen),
        approver_roles=sorted(rule.approvers),
        reason=reason.strip(),
        expires_at=expires_at,
        digest=digest_of(subject, asker=actor.user_id, expires_at=expires_at),
    )
    _tell(actor, row, "approval_asked", [user.pk for user in second_people(row)])
    return row


def second_people(row: ApprovalRequest) -> list[User]:
    """Return the open accounts that may answer a request, in alphabetical order.

    Nobody vouches for a clearance that he does not have himself, or for the label of a record that he may not see.
    """
    asker = User.objects.get(pk=row.created_by_id)
    found = User.objects.filter(is_active=True, partner="", roles__overlap=row.approver_roles)
    given = row.parameters.get("clearance")
    if given is not None and given > row.seen.get("clearance", Level.INTERNAL):
        found = found.filter(clearance__gte=given)
    if unit := row.parameters.get("originator_unit"):
        found = found.filter(unit=unit)
    if TELLS_OF_RECORD in row.seen:
        found = found.filter(clearance__gte=row.seen["level"])
    return [
        user
        for user in found.exclude(pk=row.object_id).order_by("full_name")
        if not is_same_person(user, asker) and _is_inside(user, row)
    ]


def _is_inside(user: User, row: ApprovalRequest) -> bool:
    """Tell whether an account is a member of every matter that the records of a request belong to now."""
    from openilp.safeguards.people.actors import own_matters

    inside = row.seen.get(TELLS_OF_RECORD, ())
    return not inside or set(inside) <= {str(key) for key in own_matters(user)}


def is_same_person(one: User, other: User) -> bool:
    """Tell whether two accounts count as one person: the same account, staff number or, without numbers, name.

    Another way of writing the same is no other person.
    """
    if one.pk == other.pk:
        return True
    if one.staff_number and other.staff_number:
        return _spelled(one.staff_number) == _spelled(other.staff_number)
    return _spelled(one.full_name) == _spelled(other.full_name)


def is_second(*, actor: Actor, authors: Iterable[UUID]) -> bool:
    """Tell whether an actor is a second person to what others did.

    No author is, under whichever account, nor is whoever stands in for an author now.

    Args:
        actor: Who would answer.
        authors: The accounts that had a hand in it; `hands` names those in whose place it was done too.
    """
    doing = {actor.user_id, actor.on_behalf_of} - {None}
    keys = set(authors)
    if doing & keys:
        return False
    people = User.objects.in_bulk(doing | keys)
    return not any(
        is_same_person(people[one], people[other])
        for one in doing & people.keys()
        for other in keys & people.keys()
    )


def stood_in_for(keys: Iterable[UUID]) -> set[UUID]:
    """Return the accounts in whose place rows were recorded."""
    return set(StoodIn.objects.filter(record_id__in=list(keys)).values_list("grantor", flat=True))


def hands(*rows: Identified) -> set[UUID]:
    """Return the accounts that recorded rows, and those in whose place they were recorded."""
    return {row.created_by_id for row in rows} | stood_in_for(row.pk for row in rows)


def _spelled(text: str) -> str:
    """Return letters, marks and digits alone, in one form: no capitals, spaces, dashes or invisible signs."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LMN")


@action("safeguards.answer_approval", roles=EVERYONE, operation="account")
def answer(
    *, actor: Actor, request: ApprovalRequest, digest: str, is_approved: bool, reason: str = ""
) -> ApprovalAnswer:
    """Approve or refuse, as the second person, exactly what the digest stands for.

    Raises:
        NotPermitted: If the actor holds none of the roles that may answer, or only stands in for one who does.
        WrongApprover: If the actor is the asker, the same person, or the account that it is about.
        ApprovalChanged: If the digest is not that of the request.
        ApprovalExpired: If the request is too old.
        ApprovalUsed: If it was answered before.
        NotLookedAt: If it lowers a label, and the actor has not opened the record since it was asked.
        ReasonMissing: If a refusal gives no reason.
    """
    if actor.on_behalf_of or not {str(role) for role in actor.roles} & set(request.approver_roles):
        raise NotPermitted("safeguards.answer_approval", request.approver_roles)
    if actor.user_id not in {user.pk for user in second_people(request)}:
        raise WrongApprover(f"Request {request.ref}")
    if digest != request.digest:
        raise ApprovalChanged(request.ref)
    _check_alive(request)
    if not is_approved and len(reason.strip()) < _SHORTEST_REASON:
        raise ReasonMissing("A refusal")
    if is_approved and request.action == LOWER and not _has_opened(request):
        raise NotLookedAt(request.object_name)
    try:
        with transaction.atomic():
            row: ApprovalAnswer = ApprovalAnswer.objects.record(
                actor=actor, request=request, is_approved=is_approved, reason=reason.strip(), digest=digest
            )
    except IntegrityError as error:
        raise ApprovalUsed(request.ref, "answered") from error
    kind = "approval_given" if is_approved else "approval_refused"
    _tell(actor, request, kind, [request.created_by_id])
    return row


def _has_opened(request: ApprovalRequest) -> bool:
    """Tell from the audit log and its outbox whether whoever answers has opened the record since it was asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_has_opened(%s, %s)", [request.object_id, request.created_at])
        return bool(cursor.fetchone()[0])


def consume(*, actor: Actor, request: ApprovalRequest | None, subject: Subject) -> ApprovalUse:
    """Use up an approval for exactly this subject, as its asker; call it in the verb that carries out the action.

    Raises:
        ApprovalNeeded: Without a request.
        WrongApprover: If somebody else asked for it.
        ApprovalChanged: If anything differs from what was approved.
        ApprovalNotGiven: If nobody approved, or somebody refused.
        ApproverGone: If the approver could not approve it now: the account, the duty or the clearance is gone.
        ApprovalExpired: If it is too old.
        ApprovalUsed: If it was carried out before.
    """
    if request is None:
        raise ApprovalNeeded(subject.action)
    if request.created_by_id != actor.user_id:
        raise WrongApprover(f"Request {request.ref}")
    wanted = digest_of(subject, asker=actor.user_id, expires_at=request.expires_at)
    given = ApprovalAnswer.objects.seen_by(actor).filter(request=request).first()
    if given is None or not given.is_approved:
        raise ApprovalNotGiven(request.ref, is_refused=given is not None)
    if not wanted == request.digest == given.digest:
        raise ApprovalChanged(request.ref)
    if given.created_by_id not in {user.pk for user in second_people(request)}:
        raise ApproverGone(request.ref)
    _check_alive(request)
    try:
        with transaction.atomic():
            row: ApprovalUse = ApprovalUse.objects.record(actor=actor, request=request)
    except IntegrityError as error:
        raise ApprovalUsed(request.ref, "carried out") from error
    _tell(actor, request, "approval_carried_out", [given.created_by_id])
    return row


def _check_alive(request: ApprovalRequest) -> None:
    if request.expires_at <= timezone.now():
        raise ApprovalExpired(request.ref, request.expires_at)


def _tell(actor: Actor, request: ApprovalRequest, kind: str, people: Iterable[UUID]) -> None:
    notices.notify(
        actor=actor,
        recipients=set(people) - {actor.user_id},
        kind=kind,
        ref=request.ref,
        url=f"/approvals/{request.ref}",
    )


def requests(*, actor: Actor) -> Any:
    """Return the requests that the actor asked for or may answer, newest first, with what became of them."""
    answers = ApprovalAnswer.objects.seen_by(actor).filter(request=OuterRef("pk"))
    uses = ApprovalUse.objects.seen_by(actor).filter(request=OuterRef("pk"))
    return ApprovalRequest.objects.seen_by(actor).annotate(
        is_answered=Exists(answers),
        is_approved=Exists(answers.filter(is_approved=True)),
        is_used=Exists(uses),
    )


def waiting(*, actor: Actor) -> Any:
    """Return the living requests of others that nobody has answered and that the actor's roles may answer.

    A few of them may turn out to need a higher clearance; the page of the request says who can answer.
    """
    return (
        requests(actor=actor)
        .filter(is_answered=False, expires_at__gt=timezone.now(), approver_roles__overlap=sorted(actor.roles))
        .exclude(created_by=actor.user_id)
        .exclude(object_id=actor.user_id)
    )
