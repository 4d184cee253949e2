"""The register of breaches over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.oversight.models.registers import KEEPERS, REGISTER_READERS
from openilp.oversight.rules.breaches import Told
from openilp.oversight.selectors import breaches as selectors
from openilp.oversight.selectors.breaches import Known
from openilp.oversight.services.breaches import NewBreach, measure_breach, report_breach, take_breach_step
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role
from openilp.safeguards.schemas import Created, Row, Rows, created

router = Router()


class BreachIn(Schema):
    """A breach as it is reported; `kind` is `confidentiality`, `integrity` or `availability`."""

    title: str = Field(max_length=200)
    kind: str
    description: str = Field(max_length=4000)
    happened_from: datetime
    happened_until: datetime
    aware_at: datetime
    consequences: str = Field(max_length=4000)
    measures: str = Field(max_length=4000)


class BreachStepIn(Schema):
    """What was done: `notified`, `no_risk`, `people_told`, `people_not_told`, `measure` or `closed`."""

    kind: str
    text: str = Field(max_length=4000)
    done_at: datetime
    delay_reason: str = Field("", max_length=4000)


class BreachScopeIn(Schema):
    """Which time of the audit log is read, and whose; without an account everybody's."""

    since: datetime
    until: datetime
    account: str = ""


class BreachOut(Row):
    """A breach; its 72 hours end at `due_at`."""

    id: UUID
    ref: str
    title: str
    kind: str
    happened_from: datetime
    happened_until: datetime
    aware_at: datetime
    due_at: datetime


class BreachStepOut(Row):
    """One step."""

    kind: str
    text: str
    delay_reason: str
    done_at: datetime


class BreachScopeOut(Row):
    """What the log says: persons by category are nothing where they are under five."""

    since: datetime
    until: datetime
    events: int
    accounts: int
    records: int
    kinds: dict[str, int]
    categories: dict[str, int | None]
    first_seq: int | None
    last_seq: int | None


class BreachWholeOut(Schema):
    """A breach with its texts, steps and scopes; `standing` is `running`, `overdue`, `answered` or `closed`."""

    breach: BreachOut
    standing: str
    description: str
    consequences: str
    measures: str
    steps: list[BreachStepOut]
    scopes: list[BreachScopeOut]


@router.get("/breaches", response=Rows[BreachOut])
@opens("oversight.api_breaches", roles=REGISTER_READERS)
def list_breaches(request: ActorRequest, after: str = "") -> Rows[BreachOut]:
    """List the breaches, the newest first."""
    return Rows[BreachOut].of(page(selectors.breaches(actor=request.actor), after=after))


@router.post("/breaches", response={201: Created})
@opens("oversight.api_report_breach", roles=KEEPERS)
def report(request: ActorRequest, payload: BreachIn) -> Status[Created]:
    """Enter a breach in the register."""
    row = report_breach(actor=request.actor, new=NewBreach(**payload.dict()))
    return Status(201, created(row, f"/oversight/breaches/{row.ref}"))


@router.get("/breaches/{ref}", response=BreachWholeOut)
@opens("oversight.api_breach", roles=REGISTER_READERS)
def show_breach(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Show a breach with what was done and how far it reached."""
    known: Known = selectors.breach(ref, actor=request.actor)
    row = known.row
    return {
        "breach": row,
        "standing": known.standing.value,
        "description": row.description,
        "consequences": row.consequences,
        "measures": row.measures,
        "steps": known.steps,
        "scopes": list(selectors.scopes(row, actor=request.actor)),
    }


@router.post("/breaches/{ref}/steps", response={201: Created})
@opens("oversight.api_take_breach_step", roles=KEEPERS)
def take_step(request: ActorRequest, ref: str, payload: BreachStepIn) -> Status[Created]:
    """Record what was done about a breach."""
    known = selectors.breach(ref, actor=request.actor)
    row = take_breach_step(actor=request.actor, breach=known.row, told=Told(**payload.dict()))
    return Status(201, created(row, f"/oversight/breaches/{known.row.ref}"))


@router.post("/breaches/{ref}/scopes", response={201: Created})
@opens("oversight.api_measure_breach", roles=[Role.DATA_PROTECTION_OFFICER])
def measure(request: ActorRequest, ref: str, payload: BreachScopeIn) -> Status[Created]:
    """Read in the audit log how far a breach reached; numbers only are kept."""
    known = selectors.breach(ref, actor=request.actor)
    name = payload.account.strip().lower()
    account = User.objects.filter(username=name).first() if name else None
    if name and account is None:
        raise RecordNotFound(payload.account)
    row = measure_breach(
        actor=request.actor, breach=known.row, since=payload.since, until=payload.until, account=account
    )
    return Status(201, created(row, f"/oversight/breaches/{known.row.ref}"))
