"""The register of breaches: reporting one, measuring how far it reached, and what was done."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from openilp.oversight.errors import OversightError
from openilp.oversight.models import Breach, BreachScope, BreachStep
from openilp.oversight.models.registers import KEEPERS
from openilp.oversight.rules import breaches as rules
from openilp.oversight.rules.breaches import BreachClosed, Harm, Step, Told
from openilp.oversight.selectors import breaches as selectors
from openilp.oversight.selectors import log
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import User
from openilp.safeguards.people import colleagues
from openilp.safeguards.roles import Role


@dataclass(frozen=True)
class NewBreach:
    """A breach as it is reported: what happened, when, when somebody became aware, what follows, what is done."""

    title: str
    kind: str
    description: str
    happened_from: datetime
    happened_until: datetime
    aware_at: datetime
    consequences: str
    measures: str


@action("oversight.report_breach", roles=KEEPERS)
def report_breach(*, actor: Actor, new: NewBreach) -> Breach:
    """Enter a breach in the register; its 72 hours run from becoming aware of it, not from this entry.

    Raises:
        OversightError: If a text says nothing, the kind is none, or the times contradict each other.
    """
    if new.kind not in set(Harm):
        raise OversightError("kind", f"'{new.kind[:40]}' is no kind of breach; use one of {', '.join(Harm)}.")
    if len(new.title.strip()) < 5:
        raise OversightError("title", "Give the breach a title by which people know it.")
    for field in ("description", "consequences", "measures"):
        rules.check_text(field, getattr(new, field))
    _check_times(new)
    row: Breach = Breach.objects.record(
        actor=actor,
        title=new.title.strip(),
        kind=new.kind,
        description=new.description.strip(),
        happened_from=new.happened_from,
        happened_until=new.happened_until,
        aware_at=new.aware_at,
        due_at=new.aware_at + rules.TO_NOTIFY,
        consequences=new.consequences.strip(),
        measures=new.measures.strip(),
    )
    _tell(actor, row)
    return row


def _check_times(new: NewBreach) -> None:
    if new.happened_until <= new.happened_from:
        raise OversightError("happened_until", "The end is not after the begin; correct one of them.")
    if not new.happened_from <= new.aware_at <= timezone.now():
        raise OversightError(
            "aware_at", "Nobody becomes aware before it begins, or ahead of now; correct the time."
        )


def _tell(actor: Actor, row: Breach) -> None:
    told = {user.pk for user in colleagues(actor=actor, roles=[Role.DATA_PROTECTION_OFFICER, Role.OVERSIGHT])}
    notices.notify(
        actor=actor,
        recipients=told - {actor.user_id},
        kind="breach_reported",
        ref=row.ref,
        url=f"/oversight/breaches/{row.ref}",
        is_urgent=True,
    )


@action("oversight.measure_breach", roles=[Role.DATA_PROTECTION_OFFICER], operation="consultation")
def measure_breach(
    *, actor: Actor, breach: Breach, since: datetime, until: datetime, account: User | None = None
) -> BreachScope:
    """Read in the audit log how far a breach reached: who was handed what between two moments.

    Numbers only are kept: events, different records by kind, persons by category with small numbers left out.

    Raises:
        OversightError: If the time has no length.
        BreachClosed: If the breach is closed.
    """
    if since >= until:
        raise OversightError("until", "The end is not after the begin; correct one of them.")
    if Step.CLOSED in selectors.breach(breach.ref, actor=actor).taken:
        raise BreachClosed(breach.ref)
    found = log.read_between(actor=actor, since=since, until=until, account=account)
    keys = [key for each in found.records.values() for key in each]
    row: BreachScope = BreachScope.objects.record(
        actor=actor,
        breach=breach,
        since=since,
        until=until,
        account=account,
        events=found.events,
        accounts=found.accounts,
        records=len(keys),
        kinds={kind: len(each) for kind, each in found.records.items()},
        categories=selectors.categories_behind(keys),
        first_seq=found.first_seq,
        last_seq=found.last_seq,
    )
    return row


@action("oversight.take_breach_step", roles=KEEPERS)
def take_breach_step(*, actor: Actor, breach: Breach, told: Told) -> BreachStep:
    """Record what was done about a breach: the authority told or why not, the people told or why not, the end.

    Raises:
        OversightError: If something is missing, such as the reasons for a late notification.
        BreachClosed: If the breach is closed.
        NotReadyToClose: If authority or people are not answered.
    """
    known = selectors.breach(breach.ref, actor=actor)
    rules.check(
        told,
        ref=breach.ref,
        aware_at=breach.aware_at,
        due_at=breach.due_at,
        taken=known.taken,
        now=timezone.now(),
    )
    try:
        with transaction.atomic():
            row: BreachStep = BreachStep.objects.record(
                actor=actor,
                breach=breach,
                kind=told.kind,
                text=told.text.strip(),
                delay_reason=told.delay_reason.strip(),
                done_at=told.done_at,
            )
    except IntegrityError as error:
        raise BreachClosed(breach.ref) from error
    return row
