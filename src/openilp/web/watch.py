"""Figures for who watches over lawfulness and who keeps the installation running: counts, never content."""

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.collation.models import Entity, Statement
from openilp.collection.imports.quarantine import quarantined_reports
from openilp.collection.models import ImportBatch, Report
from openilp.safeguards import acting
from openilp.safeguards.actions import OPERATIONS
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import State
from openilp.safeguards.models import AuditEvent, User
from openilp.web import addresses

_WEEK = timedelta(days=7)
_MOST = 999
_REVIEW_SOON = timedelta(days=30)
_LOW_DISK_GB = 5.0


@dataclass(frozen=True)
class Figure:
    """A count with its unit, the list behind it, and a word when it asks for something."""

    name: str
    value: str
    url: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Logged:
    """How many events of an operation the log holds for a week, and how many of them were refused."""

    operation: str
    done: int
    refused: int


def logged(*, actor: Actor) -> list[Logged]:
    """Return the audit events of the last seven days by operation (Directive (EU) 2016/680 Art. 25)."""
    acting.require("AuditEvent")
    rows = (
        AuditEvent.objects.filter(at__gte=timezone.now() - _WEEK)
        .annotate(
            operation=KeyTextTransform("operation", "event"), outcome=KeyTextTransform("outcome", "event")
        )
        .values_list("operation", "outcome")
        .annotate(n=Count("pk"))
        .order_by()
    )
    counts: Counter[tuple[str, bool]] = Counter()
    for operation, outcome, n in rows:
        counts[operation, outcome == "done"] += n
    return [Logged(name, counts[name, True], counts[name, False]) for name in OPERATIONS]


def quarantine(*, actor: Actor) -> list[Figure]:
    """Return what waits in quarantine and what is due for review, as far as the actor may see it."""
    if State.QUARANTINED not in actor.states:
        return []
    held = (State.QUARANTINED,)
    soon = timezone.localdate() + _REVIEW_SOON
    address = addresses.route("collation:quarantine")
    figures = [
        (
            _("Reports in quarantine"),
            quarantined_reports(actor=actor),
            addresses.route("collection:quarantine"),
        ),
        (_("Entities in quarantine"), Entity.objects.seen_by(actor, states=held), address),
        (
            _("Imports in quarantine"),
            ImportBatch.objects.seen_by(actor, states=held),
            addresses.route("collection:imports"),
        ),
        (
            _("Reports to review within 30 days"),
            Report.objects.seen_by(actor).filter(review_on__lte=soon),
            "",
        ),
        (
            _("Statements to review within 30 days"),
            Statement.objects.seen_by(actor).filter(review_on__lte=soon),
            "",
        ),
    ]
    return [Figure(name, _shown(rows.count_up_to(_MOST)), url) for name, rows, url in figures]


def _shown(count: int) -> str:
    return f"{_MOST}+" if count > _MOST else str(count)


def accounts(*, actor: Actor) -> list[Figure]:
    """Return the state of the accounts."""
    acting.require("User")
    listed = addresses.route("accounts")
    living = User.objects.filter(is_active=True)
    without = living.exclude(pk__in=Authenticator.objects.values("user_id")).count()
    closed = User.objects.filter(is_active=False).count()
    first = living.filter(must_change_password=True).count()
    return [
        Figure(_("Open accounts"), str(living.count()), listed),
        Figure(_("With a starting password"), str(first), listed),
        Figure(
            _("Without a second factor"),
            str(without),
            listed,
            _("asked for at the next log-in") if without and not settings.OPENILP_DEMO else "",
        ),
        Figure(_("Closed accounts"), str(closed), f"{listed}?state=closed"),
    ]


def installation(*, actor: Actor) -> list[Figure]:
    """Return what `openilp doctor` would look at first: database, disk, mode."""
    acting.require("the installation")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_user, now()")
        version, role, now = cursor.fetchone()
    free = shutil.disk_usage(settings.OPENILP_HOME).free / 1e9
    drift = abs((now - timezone.now()).total_seconds())
    return [
        Figure(_("Database"), f"PostgreSQL {version.split()[0]}"),
        Figure(_("Database role"), role, warning="" if role == "openilp_app" else _("must be openilp_app")),
        Figure(_("Free disk, GB"), f"{free:,.0f}", warning=_("make room") if free < _LOW_DISK_GB else ""),
        Figure(_("Clock, seconds apart"), f"{drift:.0f}", warning=_("set the clocks") if drift > 60 else ""),
        Figure(_("Mode"), _("demo") if settings.OPENILP_DEMO else _("production")),
    ]
