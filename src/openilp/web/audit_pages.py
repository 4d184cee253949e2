"""The audit log for those who oversee it: how it stands, and who saw a record. Nothing can be changed here."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from openilp.safeguards import acting, trail
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.log import checkpoint as checkpoints
from openilp.safeguards.log import instance
from openilp.safeguards.log.checkpoint import Checkpoint
from openilp.safeguards.log.errors import LogError
from openilp.safeguards.log.notes import Verifier
from openilp.safeguards.log.published import LATEST, Identity, Published, Standing
from openilp.safeguards.models import AuditDetail, AuditEvent
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import OVERSEERS, SUPERVISORS

_MONTH = timedelta(days=30)
#: A checkpoint is signed every minute while events come; later than this somebody should look.
_LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class WitnessState:
    """How one witness stands."""

    name: str
    fingerprint: str
    cosigned: int
    at: datetime | None
    trouble: str


@dataclass(frozen=True)
class LogState:
    """How the log stands."""

    origin: str
    keys: tuple[Verifier, ...]
    events: int
    signed: int
    signed_at: datetime | None
    root: str
    witnesses: tuple[WitnessState, ...]
    is_late: bool
    details: int
    seals: bool
    trouble: str = ""

    @property
    def root_parts(self) -> list[str]:
        """Return the root in groups that a narrow page can break between."""
        return [self.root[at : at + 8] for at in range(0, len(self.root), 8)]


@opens("web.audit_log", roles=OVERSEERS)
def audit_log(request: ActorRequest) -> HttpResponse:
    """Show how the audit log stands, and answer who saw a record between two times."""
    actor, now = request.actor, timezone.now()
    asked = {name: request.GET.get(name, "").strip() for name in ("record", "since", "until")}
    context: dict[str, Any] = {"state": state(actor=actor), "asked": asked, "most": trail.MOST}
    context |= {"since": _shown(now - _MONTH), "until": _shown(now + timedelta(minutes=1))}
    if not asked["record"]:
        return render(request, "web/audit.html", context)
    try:
        record = trail.record_of(asked["record"], actor=actor)
        since, until = _time(asked["since"], now - _MONTH), _time(asked["until"], now)
        context["looks"] = trail.who_saw(record, actor=actor, since=since, until=until)
    except InvalidInput as error:
        return render(request, "web/audit.html", context | {"error": str(error)}, status=422)
    return render(request, "web/audit.html", context)


@opens("web.audit_state", roles=SUPERVISORS)
def audit_state(request: ActorRequest) -> HttpResponse:
    """Show how the audit log is signed and who watches it, without a word of what is in it."""
    return render(request, "web/audit_state.html", {"state": published()})


def published() -> LogState:
    """Return how the log stands by its files alone; of events that are not signed yet they say nothing."""
    seals = instance.oversight_key_file().exists()
    try:
        found = _read(0, None, 0, seals)
    except (LogError, OSError) as error:
        return LogState("", (), 0, 0, None, "", (), True, 0, seals, str(error))
    return replace(found, events=found.signed, trouble="")


class BadTime(InvalidInput):
    """Say that a time cannot be read."""

    field = "since"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"'{text[:40]}' is no time; write it as 2026-11-24T08:30.")


def _time(text: str, otherwise: datetime) -> datetime:
    if not text:
        return otherwise
    try:
        found = parse_datetime(text)
    except ValueError as error:
        raise BadTime(text) from error
    if found is None:
        raise BadTime(text)
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _shown(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def state(*, actor: Actor) -> LogState:
    """Return how the log stands: from its files, and from the table that is searched."""
    acting.require("AuditEvent")
    events = AuditEvent.objects.aggregate(last=Max("seq"))["last"] or 0
    youngest = AuditEvent.objects.filter(seq=events).values_list("at", flat=True).first()
    details = AuditDetail.objects.count()
    seals = instance.oversight_key_file().exists()
    try:
        return _read(events, youngest, details, seals)
    except (LogError, OSError) as error:
        return LogState("", (), events, 0, None, "", (), True, details, seals, str(error))


def _read(events: int, youngest: datetime | None, details: int, seals: bool) -> LogState:
    folder = instance.folder()
    identity, published = Identity.read(folder), Published(folder)
    note = published.latest()
    made = checkpoints.opened(note, identity.keys) if note else None
    at = datetime.fromtimestamp((folder / LATEST).stat().st_mtime, UTC) if note else None
    standings = published.standings()
    witnesses = tuple(
        _witness(each.key, standings.get(str(each.key), Standing())) for each in identity.witnesses
    )
    return LogState(
        identity.origin,
        identity.keys,
        events,
        made.size if made else 0,
        at,
        made.root.hex() if made else "",
        witnesses,
        _is_late(events, made, youngest),
        details,
        seals,
        _("The last checkpoint is of more events than the table holds.")
        if made and made.size > events
        else "",
    )


def _is_late(events: int, made: Checkpoint | None, youngest: datetime | None) -> bool:
    signed = made.size if made else 0
    return events > signed and youngest is not None and timezone.now() - youngest > _LATE


def _witness(key: Verifier, standing: Standing) -> WitnessState:
    at = datetime.fromtimestamp(standing.at, UTC) if standing.at else None
    return WitnessState(key.name, key.fingerprint, standing.cosigned, at, standing.trouble)
