"""What waits for an actor and what changed: the lists of the home page, each a question to its room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.analysis import selectors as analysis
from openilp.analysis.models import Edition, Product
from openilp.collection import selectors as collection
from openilp.collection.models import Item, Report
from openilp.direction import selectors as direction
from openilp.direction.models import RequirementClosure
from openilp.dissemination import selectors as dissemination
from openilp.evaluation import selectors as evaluation
from openilp.evaluation.models import Dispute, Evaluation, Reply
from openilp.review.models import Lesson, Outcome, ResultsAnalysis
from openilp.safeguards import gate
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import Role
from openilp.tasking import selectors as tasking
from openilp.web import addresses

#: Rows of a list on the home page, and how far its count looks.
SHOWN = 6
MOST = 99
_SOON_DAYS = 3


@dataclass(frozen=True)
class Row:
    """One line of a list: what to do or what happened, where it leads, and by or since when."""

    verb: str
    text: str
    url: str
    ref: str = ""
    due: date | None = None
    at: datetime | None = None
    is_urgent: bool = False

    @property
    def haste(self) -> str:
        """Return `over`, `soon` or nothing."""
        if self.due is None:
            return ""
        days = (self.due - timezone.localdate()).days
        return "over" if days < 0 else "soon" if days <= _SOON_DAYS else ""


@dataclass(frozen=True)
class Panel:
    """A list with its count, the page that holds all of it, and what it says when it is empty."""

    title: str
    rows: tuple[Row, ...]
    count: int
    empty: str
    url: str = ""
    more: str = ""

    @property
    def shown_count(self) -> str:
        """Return the count as it is shown."""
        return f"{MOST}+" if self.count > MOST else str(self.count)


def _panel(
    title: str, found: Any, say: Callable[[Any], Row], *, empty: str, url: str = "", more: str = ""
) -> Panel:
    """Return a list over a gated queryset: its first rows and how many there are."""
    return Panel(
        title=title,
        rows=tuple(say(row) for row in found[:SHOWN]),
        count=found.count_up_to(MOST),
        empty=empty,
        url=url,
        more=more,
    )


def own_reports(*, actor: Actor) -> Panel:
    """Return the actor's own reports, newest first, with whether they are graded."""
    rows = list(collection.own_reports(actor=actor).order_by("-created_at", "-pk")[:SHOWN])
    waiting = set(
        evaluation.awaiting(actor=actor).filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True)
    )

    def say(row: Report) -> Row:
        verb = _("waiting") if row.pk in waiting else _("graded")
        return Row(verb, row.title, addresses.of("report", row.ref), row.ref, at=row.created_at)

    return Panel(
        title=_("My reports"),
        rows=tuple(say(row) for row in rows),
        count=collection.own_reports(actor=actor).count_up_to(MOST),
        empty=_("You have handed in no report yet. The first takes a minute."),
        url=addresses.route("collection:home", query="mine=1"),
        more=_("All my reports"),
    )


def replies(*, actor: Actor) -> Panel:
    """Return what evaluators answered to the actor's reports, newest first."""
    mine = collection.own_reports(actor=actor)
    found = Reply.objects.seen_by(actor).filter(report__in=mine.values("pk")).prefetch_related("report")
    found = found.order_by("-created_at", "-pk")

    def say(row: Reply) -> Row:
        report = gate.related(row, "report")
        ref = report.ref if report else row.ref
        return Row(_("Reply"), row.text, addresses.of("report", ref), ref, at=row.created_at)

    return _panel(
        _("Replies to me"), found, say, empty=_("No reply yet. Evaluators answer here what became of it.")
    )


def own_tasks(*, actor: Actor) -> Panel:
    """Return the tasks that the actor has to do, the first due first."""

    def say(row: Any) -> Row:
        return Row(_("Task"), row.title, addresses.of("task", row.ref), row.ref, due=row.due)

    return _panel(
        _("My tasks"),
        tasking.own_tasks(actor=actor),
        say,
        empty=_("No task is yours at present. Meetings decide on tasks; they appear here."),
        url=addresses.route("tasking:tasks", query="mine=1") or addresses.route("tasking:home"),
        more=_("All my tasks"),
    )


def own_collection(*, actor: Actor) -> Panel:
    """Return what the actor is to collect, the first due first."""

    def say(row: Any) -> Row:
        return Row(_("Collect"), row.what, addresses.route("collection:home"), due=row.due_on)

    return _panel(
        _("I am to collect"),
        collection.in_tray(actor=actor).order_by("due_on", "pk"),
        say,
        empty=_("No collection plan names you."),
        url=addresses.route("collection:home"),
        more=_("All in Collection"),
    )


def inbox(*, actor: Actor) -> Panel:
    """Return the reports that await evaluation: urgent ones first, then the oldest."""
    first = evaluation.inbox(actor=actor, size=SHOWN).rows
    urgent = set(evaluation.urgent(actor=actor).values_list("pk", flat=True)[:MOST])

    def say(row: Report) -> Row:
        is_urgent = row.pk in urgent
        verb = _("Acknowledge") if is_urgent else _("Evaluate")
        url = addresses.route("evaluation:report", row.ref) or addresses.of("report", row.ref)
        return Row(verb, row.title, url, row.ref, at=row.created_at, is_urgent=is_urgent)

    return Panel(
        title=_("Inbox by urgency"),
        rows=tuple(say(row) for row in first),
        count=evaluation.in_tray(actor=actor).count_up_to(MOST),
        empty=_("Nothing awaits evaluation. New reports come in here."),
        url=addresses.route("evaluation:home"),
        more=_("The whole inbox"),
    )


def second_looks(*, actor: Actor) -> Panel:
    """Return the gradings of others that wait for a second person."""

    def say(row: Evaluation) -> Row:
        item = gate.related(row, "item")
        grade = f"{row.source_grade} {row.information_grade}"
        url = addresses.route("evaluation:second-looks")
        return Row(grade, item.text if item else row.ref, url, row.ref, at=row.created_at)

    return _panel(
        _("Second looks"),
        evaluation.awaiting_review(actor=actor).prefetch_related("item").order_by("-created_at", "-pk"),
        say,
        empty=_("No grading waits for your second look."),
        url=addresses.route("evaluation:second-looks"),
        more=_("All second looks"),
    )


def requirements(*, actor: Actor) -> Panel:
    """Return the open requirements, the first due first."""

    def say(row: Any) -> Row:
        return Row(_("Answer"), row.question, addresses.of("requirement", row.ref), row.ref, due=row.due_on)

    return _panel(
        _("Open requirements"),
        direction.open_requirements(actor=actor).order_by("due_on", "pk"),
        say,
        empty=_("Every requirement is answered."),
        url=addresses.route("direction:requirements"),
        more=_("All requirements"),
    )


def products(*, actor: Actor) -> Panel:
    """Return the products in work, newest first."""

    def say(row: Product) -> Row:
        return Row(_("Write"), row.title, addresses.of("product", row.ref), row.ref, at=row.created_at)

    return _panel(
        _("Products in work"),
        analysis.unfinished_products(actor=actor).order_by("-created_at", "-pk"),
        say,
        empty=_("No product is in work. Commission one from a requirement."),
        url=addresses.route("analysis:home"),
        more=_("All in Analysis"),
    )


def graded_items(*, actor: Actor) -> Panel:
    """Return the items that were graded in the last week, newest first."""
    found = (
        evaluation.standing(actor=actor).filter(created_at__gte=_a_week_ago()).order_by("-created_at", "-pk")
    )
    first = list(found[:SHOWN])
    items = {row.pk: row for row in Item.objects.seen_by(actor).filter(pk__in=[e.item_id for e in first])}
    reports = Report.objects.seen_by(actor).filter(pk__in=[row.report_id for row in items.values()])
    refs = dict(reports.values_list("pk", "ref"))

    def say(row: Evaluation) -> Row:
        item = items.get(row.item_id)
        url = addresses.of("report", refs[item.report_id]) if item and item.report_id in refs else ""
        grade = f"{row.source_grade} {row.information_grade} {row.handling}"
        return Row(grade, item.text if item else row.ref, url, item.ref if item else "", at=row.created_at)

    return Panel(
        title=_("Graded in a week"),
        rows=tuple(say(row) for row in first),
        count=found.count_up_to(MOST),
        empty=_("Nothing was graded in the last seven days."),
        url=addresses.route("collation:home"),
        more=_("All in Collation"),
    )


def unread_releases(*, actor: Actor) -> Panel:
    """Return the releases to the actor whose receipt is missing."""

    def say(row: Any) -> Row:
        edition = gate.related(row, "edition")
        title = edition.title if edition else row.reason
        return Row(_("Read"), title, addresses.of("release", row.ref), row.ref, at=row.created_at)

    return _panel(
        _("Released to me"),
        dissemination.unread(actor=actor).prefetch_related("edition").order_by("-created_at", "-pk"),
        say,
        empty=_("Nothing unread. What is released to you by name appears here."),
        url=addresses.route("dissemination:home"),
        more=_("All in Dissemination"),
    )


def needs_decision(*, actor: Actor) -> Panel:
    """Return what waits for a manager: approvals, ratifications, recommendations, sanitised versions."""
    sources = (
        (dissemination.awaiting_approval(actor=actor), _approve),
        (tasking.to_ratify(actor=actor), _ratify),
        (tasking.open_recommendations(actor=actor).prefetch_related("product"), _answer),
        (evaluation.awaiting_approval(actor=actor), _second),
    )
    rows: list[Row] = []
    for found, say in sources:
        rows += [say(row) for row in found.order_by("created_at", "pk")[:SHOWN]]
    return Panel(
        title=_("Needs my decision"),
        rows=tuple(rows[: SHOWN + 2]),
        count=sum(found.count_up_to(MOST) for found, _say in sources),
        empty=_("Nothing waits for you. Approvals, recommendations and emergency decisions come in here."),
        url=addresses.route("tasking:home"),
        more=_("All in Tasking"),
    )


def _approve(row: Edition) -> Row:
    return Row(_("Approve"), row.title, addresses.of("edition", row.ref), row.ref, at=row.created_at)


def _ratify(row: Any) -> Row:
    return Row(_("Ratify"), row.title, addresses.of("decision", row.ref), row.ref, at=row.created_at)


def _answer(row: Any) -> Row:
    product = gate.related(row, "product")
    url = addresses.of("product", product.ref) if product else addresses.route("tasking:home")
    return Row(_("Answer"), row.text, url, row.ref, at=row.created_at)


def _second(row: Any) -> Row:
    return Row(_("Second"), row.title, addresses.of("sanitisation", row.ref), row.ref, at=row.created_at)


def overdue(*, actor: Actor) -> Panel:
    """Return the open requirements whose day has passed."""

    def say(row: Any) -> Row:
        return Row(_("Chase"), row.question, addresses.of("requirement", row.ref), row.ref, due=row.due_on)

    return _panel(
        _("Overdue requirements"),
        direction.overdue_requirements(actor=actor).order_by("due_on", "pk"),
        say,
        empty=_("No requirement is overdue."),
        url=addresses.route("direction:requirements", query="state=overdue"),
        more=_("All overdue"),
    )


def changed(*, actor: Actor) -> Panel:
    """Return what happened in the last seven days, newest first, from answers to lessons."""
    rows: list[Row] = []
    for rows_of in (_answers, _disputes, _decisions, _releases, _outcomes, _results, _lessons):
        rows += rows_of(actor)
    rows.sort(key=lambda row: row.at or timezone.now(), reverse=True)
    shown = tuple(rows[: SHOWN + 2])
    return Panel(
        title=_("Changed in a week"),
        rows=shown,
        count=len(shown),
        empty=_("Nothing changed in the last seven days."),
    )


def _a_week_ago() -> datetime:
    return timezone.now() - timedelta(days=7)


def _recent(rows: Any) -> Iterable[Any]:
    found: Iterable[Any] = rows.filter(created_at__gte=_a_week_ago()).order_by("-created_at", "-pk")[
        : SHOWN + 2
    ]
    return found


def _answers(actor: Actor) -> list[Row]:
    closed = RequirementClosure.objects.seen_by(actor).filter(is_answered=True)
    rows = _recent(closed.prefetch_related("requirement"))
    found = [(row, gate.related(row, "requirement")) for row in rows]
    return [
        Row(
            _("Answered"),
            asked.question,
            addresses.of("requirement", asked.ref),
            asked.ref,
            at=row.created_at,
        )
        for row, asked in found
        if asked is not None
    ]


def _disputes(actor: Actor) -> list[Row]:
    rows = _recent(Dispute.objects.seen_by(actor).prefetch_related("report"))
    found = [(row, gate.related(row, "report")) for row in rows]
    return [
        Row(
            _("Refuted") if row.is_false else _("Disputed"),
            report.title,
            addresses.route("review:thread", report.ref, query="direction=forward"),
            report.ref,
            at=row.created_at,
            is_urgent=row.is_false,
        )
        for row, report in found
        if report is not None
    ]


def _decisions(actor: Actor) -> list[Row]:
    return [
        Row(_("Decided"), row.title, addresses.of("decision", row.ref), row.ref, at=row.created_at)
        for row in _recent(tasking.decisions(actor=actor))
    ]


def _releases(actor: Actor) -> list[Row]:
    rows = _recent(dissemination.mine(actor=actor).prefetch_related("edition"))
    found = [(row, gate.related(row, "edition")) for row in rows]
    return [
        Row(_("Released"), edition.title, addresses.of("release", row.ref), row.ref, at=row.created_at)
        for row, edition in found
        if edition is not None
    ]


def _outcomes(actor: Actor) -> list[Row]:
    rows = _recent(Outcome.objects.seen_by(actor).prefetch_related("task"))
    found = [(row, gate.related(row, "task")) for row in rows]
    return [
        Row(_("Outcome"), task.title, addresses.of("task", task.ref), task.ref, at=row.created_at)
        for row, task in found
        if task is not None
    ]


def _results(actor: Actor) -> list[Row]:
    return [
        Row(_("Measured"), row.reading, addresses.route("review:thread", row.ref), row.ref, at=row.created_at)
        for row in _recent(ResultsAnalysis.objects.seen_by(actor))
    ]


def _lessons(actor: Actor) -> list[Row]:
    return [
        Row(_("Lesson"), row.text, addresses.of("lesson", row.ref), row.ref, at=row.created_at)
        for row in _recent(Lesson.objects.seen_by(actor))
    ]


#: The lists of each duty, in the order of its home page.
BY_ROLE: dict[Role, tuple[Callable[..., Panel], ...]] = {
    Role.CHAIR: (needs_decision, changed, overdue, unread_releases),
    Role.TASKING_COORDINATOR: (needs_decision, changed, overdue, own_tasks),
    Role.HEAD_OF_INTELLIGENCE: (needs_decision, changed, overdue, products),
    Role.STRATEGIC_ANALYST: (requirements, products, graded_items, unread_releases),
    Role.OPERATIONAL_ANALYST: (requirements, products, graded_items, unread_releases),
    Role.INTELLIGENCE_OFFICER: (inbox, second_looks, own_collection, unread_releases),
    Role.REPORTING_OFFICER: (own_reports, replies, own_collection, own_tasks),
    Role.PLAN_OWNER: (own_tasks, own_collection, unread_releases, changed),
    Role.LIAISON_OFFICER: (unread_releases, own_reports, replies, own_collection),
    Role.DATA_PROTECTION_OFFICER: (unread_releases,),
}


def lists(*, actor: Actor) -> list[Panel]:
    """Return the lists of all the actor's duties, each once."""
    wanted = [make for role, panels in BY_ROLE.items() if role in actor.roles for make in panels]
    return [make(actor=actor) for make in dict.fromkeys(wanted)]
