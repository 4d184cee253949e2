"""The registers of data protection as tagged PDF: what the pages show, for a file or an authority."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openilp import reference
from openilp.analysis.documents import document_pdf
from openilp.oversight.models import Breach, BreachScope, ProcessingEntry
from openilp.oversight.rules.cells import MINIMUM
from openilp.oversight.selectors.assessments import Line
from openilp.oversight.selectors.breaches import Known
from openilp.oversight.selectors.processing import Record
from openilp.oversight.wording import ASSESSED, CARD, DATA, HARMS, PARTS, STANDINGS, STEPS

_TEMPLATE = Path(__file__).parent / "typst" / "register.typ"
Data = dict[str, Any]


def head(*, kind: str, ref: str, title: str) -> Data:
    """Return what the frame of a register's document shows; registers are internal and belong to no operation."""
    return {
        "level": 1,
        "level_word": _("internal"),
        "compartments": [],
        "agency": settings.OPENILP_AGENCY,
        "kind": kind,
        "ref": ref,
        "title": title,
        "date": timezone.localdate().isoformat(),
        "language": (translation.get_language() or "en").split("-")[0],
        "page": pgettext("before a page number", "Page"),
    }


def facts(title: str, rows: list[tuple[str, str]]) -> Data:
    """Return a part of a document with pairs of a name and a text."""
    return {"title": title, "facts": [[name, text or "–"] for name, text in rows], "head": [], "rows": []}


def table(title: str, heads: list[str], rows: list[list[str]], numeric: tuple[int, ...] = ()) -> Data:
    """Return a part of a document with a table; columns of numbers by their places."""
    return {
        "title": title,
        "facts": [],
        "head": heads,
        "rows": rows or [["–", *([""] * (len(heads) - 1))]],
        "numeric": [at in numeric for at in range(len(heads))],
    }


def pdf(frame: Data, parts: list[Data], note: str) -> bytes:
    """Return a document of parts as PDF."""
    return document_pdf(_TEMPLATE, {"head": frame, "parts": parts, "note": note})


def few(number: int | None) -> str:
    """Return a number as a register shows it: small ones are left out."""
    return _("under %(n)s") % {"n": MINIMUM} if number is None else str(number)


def processing_pdf(record: Record) -> bytes:
    """Return the records of processing as PDF."""
    title = _("Records of processing activities")
    return pdf(head(kind=title, ref="", title=title), [_own(record), *_known(record)], _note(record))


def _own(record: Record) -> Data:
    own = record.own
    names: list[tuple[str, str]] = [
        ("controller", _("Controller")),
        ("controller_contact", _("Contact")),
        ("officer_contact", _("Data-protection officer")),
        ("joint_controllers", _("Joint controllers")),
        ("recipients", _("Other recipients")),
        ("transfers", _("Transfers abroad")),
        ("measures", _("Measures outside the system")),
    ]
    return facts(_("What the agency states"), [(word, getattr(own, name, "")) for name, word in names])


def _known(record: Record) -> list[Data]:
    return [
        table(
            _("Purposes and legal bases"),
            [_("Provision"), _("Code"), _("Purposes")],
            [[b.title, b.code, ", ".join(b.purposes)] for b in record.bases],
        ),
        table(
            _("Categories of people"),
            [_("Category"), _("Rule"), _("Review within, days"), _("Persons")],
            [
                [c.title, c.rule, str(c.review_days), few(c.number) if c.is_counted else "–"]
                for c in record.categories
            ],
            (2, 3),
        ),
        table(
            _("Time limits"),
            [_("Rule"), _("Code"), _("First review after"), _("Ends after")],
            [[r.title, r.code, r.first_review, r.ends] for r in record.rules],
        ),
        table(
            _("Recipients of products"),
            [_("Unit or agency"), _("Readers")],
            [[r.name, few(r.readers)] for r in record.recipients],
            (1,),
        ),
        table(_("Kinds of data"), [_("What is held")], [[str(text)] for text in DATA]),
    ]


def _note(record: Record) -> str:
    counted = (
        _("Numbers are the declared statistics of %(day)s; numbers below %(n)s are left out.")
        % {"day": record.counted_on, "n": MINIMUM}
        if record.counted_on
        else _("No declared statistics have been issued yet.")
    )
    security = _("Security measures: the table of claims and their tests in the documentation of the system.")
    return f"{counted} {security}"


def assessment_pdf(line: Line, card: Data) -> bytes:
    """Return the impact assessment of a method as PDF: its card, and what people judged or still have to."""
    row = line.row
    card = row.card or card if row else card
    title = _("Impact assessment: %(method)s") % {"method": line.method.title}
    frame = head(kind=_("Data-protection impact assessment"), ref=row.ref if row else "", title=title)
    parts = [_method(line, card), *_cards(card), _judged(line), _signed(line)]
    return pdf(
        frame, parts, _("Directive (EU) 2016/680 Art. 27. What the method says of itself is in English.")
    )


def _method(line: Line, card: Data) -> Data:
    said = [
        (str(p["label"]), f"{p['default']:g} {p['unit']} ({p['low']:g}–{p['high']:g})")
        for p in card["parameters"]
    ]
    return facts(
        _("The method"),
        [
            (_("Name and version"), f"{line.method.name} {line.method.version}"),
            (_("What it answers"), card["question"]),
            (_("What it takes in"), card["needs"]),
            (_("Caution"), card["caution"]),
            *said,
        ],
    )


def _cards(card: Data) -> list[Data]:
    return [
        facts(each["name"], [(str(CARD[heading]), text) for heading, text in each["sections"]])
        for each in card["cards"]
    ]


def _judged(line: Line) -> Data:
    return facts(_("What people judged"), [(str(PARTS[name]), getattr(line.row, name, "")) for name in PARTS])


def _signed(line: Line) -> Data:
    row, answer = line.row, line.answer
    second = ""
    if answer:
        second = (
            f"{answer.created_by}: {_('agrees') if answer.agrees else _('does not agree')} {answer.reason}"
        )
    return facts(
        _("Decision"),
        [
            (_("Standing"), str(STANDINGS[line.standing])),
            (_("Decision"), str(ASSESSED[row.decision]) if row else ""),
            (
                _("Assessed by"),
                f"{row.created_by}, {timezone.localtime(row.created_at):%Y-%m-%d}" if row else "",
            ),
            (_("Second person"), second),
            (_("Review on"), str(row.review_on) if row else ""),
        ],
    )


def categories(scope: BreachScope) -> list[tuple[str, int | None]]:
    """Return the persons behind what was read, by category in words."""
    return [(_(reference.subject_category(code).label), n) for code, n in scope.categories.items()]


def breach_pdf(known: Known, scopes: Sequence[BreachScope], own: ProcessingEntry | None) -> bytes:
    """Return the notification of a breach to the supervisory authority as PDF (Art. 30(3))."""
    row = known.row
    frame = head(kind=_("Notification of a breach"), ref=row.ref, title=row.title)
    parts = [_clock(known, own), _nature(row), *map(_scope, scopes), _done(known)]
    return pdf(
        frame, parts, _("Directive (EU) 2016/680 Art. 30 and 31. Numbers are read from the signed audit log.")
    )


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _clock(known: Known, own: ProcessingEntry | None) -> Data:
    row = known.row
    late = next((step.delay_reason for step in known.steps if step.delay_reason), "")
    return facts(
        _("Who notifies, and when"),
        [
            (
                _("Controller"),
                f"{own.controller}, {own.controller_contact}" if own else settings.OPENILP_AGENCY,
            ),
            (_("Data-protection officer"), own.officer_contact if own else ""),
            (_("Aware of it since"), _moment(row.aware_at)),
            (_("72 hours end"), _moment(row.due_at)),
            (_("Authority told"), _moment(known.notified_at)),
            (_("Reasons for the delay"), late),
        ],
    )


def _nature(row: Breach) -> Data:
    return facts(
        _("What happened"),
        [
            (_("Nature"), str(HARMS[row.kind])),
            (_("From"), _moment(row.happened_from)),
            (_("Until"), _moment(row.happened_until)),
            (_("Description"), row.description),
            (_("Likely consequences"), row.consequences),
            (_("Measures"), row.measures),
        ],
    )


def _scope(scope: BreachScope) -> Data:
    span = f"{_moment(scope.since)} – {_moment(scope.until)}"
    counts = [[kind, str(n)] for kind, n in scope.kinds.items()]
    people = [[name, few(n)] for name, n in categories(scope)]
    title = _("Read in the log, %(span)s: %(events)s events") % {"span": span, "events": scope.events}
    return table(title, [_("Kind of record, or category of people"), _("Number")], counts + people, (1,))


def _done(known: Known) -> Data:
    rows = [[str(STEPS[step.kind]), step.text, _moment(step.done_at)] for step in known.steps]
    return table(_("What was done"), [_("Step"), _("In words"), _("When")], rows)
