"""The plan of each product type: its sections with their help, and the questions before finishing."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """One section of a product: heading, what belongs there, and whether it holds judgements.

    `kind` is text, recommendations or sources; a section of judgements needs a citation.
    """

    code: str
    heading: Any
    help: Any
    kind: str = "text"
    is_judgement: bool = False


@dataclass(frozen=True)
class Question:
    """One question about bias and rights that is answered in words before a product is finished."""

    code: str
    text: Any
    help: Any


BRIEF = Section(
    "brief",
    _("For the manager"),
    _(
        "Three to five sentences that stand alone: what happens, how sure it is, what to decide. "
        "They become the first page."
    ),
)
GAPS = Section(
    "gaps",
    _("What is not known"),
    _("What could not be answered, why, and which requirement should be raised."),
)
MEASURES = Section(
    "recommendations",
    _("Recommendations"),
    _("Each with expected effect, hours, money, risk and law; a meeting answers each one."),
    kind="recommendations",
)
SOURCES = Section(
    "sources",
    _("Sources and grades"),
    _("Written by the system from the items cited, each in the grade that it had."),
    kind="sources",
)
JUDGEMENT = Section(
    "judgement",
    _("Assessment"),
    _("Judgements in words of the yardstick; cite items as [I-…] or add an assessment with its evidence."),
    is_judgement=True,
)

PROBLEM_PROFILE = (
    BRIEF,
    Section(
        "problem", _("The problem"),
        _("What happens, to whom, since when; facts with their items, no causes yet."),
    ),
    Section(
        "where", _("Where and when"),
        _("Hot spots by count and by harm, hour and weekday, trend: add the method runs."),
    ),
    Section(
        "offenders", _("Offenders, victims, places"),
        _("Who and what takes part, as far as it is recorded; repeat victims, method of working."), is_judgement=True,
    ),
    Section(
        "causes", _("Causes and conditions"), _("Why here, why now; what other explanation fits."),
        is_judgement=True,
    ),
    Section("tried", _("What was tried"), _("Earlier measures and what came of them.")),
    JUDGEMENT,
    GAPS,
    MEASURES,
    SOURCES,
)  # fmt: skip

OPERATIONAL_ASSESSMENT = (
    BRIEF,
    Section(
        "period", _("Period and area"),
        _("Which weeks and which units; which data, and what is missing in them."),
    ),
    Section(
        "situation", _("Situation"),
        _("Trends and hot spots of the priorities in this period: add the method runs."),
    ),
    Section(
        "work", _("Effect of current work"), _("Each running task: done, late, and what changed."),
        is_judgement=True,
    ),
    Section("emerging", _("Emerging problems"), _("What is new, and how sure that is."), is_judgement=True),
    Section(
        "outlook", _("Outlook to the next meeting"), _("What is expected, in words of the yardstick."),
        is_judgement=True,
    ),
    GAPS,
    MEASURES,
    SOURCES,
)  # fmt: skip

GENERIC = (
    BRIEF,
    Section("question", _("The question"), _("What was asked, and what the answer is needed for.")),
    Section("findings", _("Findings"), _("What is recorded, with its items.")),
    JUDGEMENT,
    GAPS,
    MEASURES,
    SOURCES,
)

_OWN_PLAN = {"problem_profile": PROBLEM_PROFILE, "operational_assessment": OPERATIONAL_ASSESSMENT}


def sections(product_type: str) -> tuple[Section, ...]:
    """Return the sections of a product type, in order."""
    return _OWN_PLAN.get(product_type, GENERIC)


RIGHTS_QUESTIONS = (
    Question(
        "necessity", _("Is everything about persons needed for the question?"),
        _("Name what could be left out, or say why nothing can."),
    ),
    Question(
        "protected", _("Does any reasoning rest on origin, belief, health or another protected trait?"),
        _("It must not; say how you checked, areas that stand for a group included."),
    ),
    Question(
        "recording", _("Could more patrols or more reporting explain the pattern?"),
        _("Recorded crime follows attention; say what speaks against it."),
    ),
    Question(
        "alternatives", _("Which other explanation fits the evidence, and why is it less likely?"),
        _("Name at least one."),
    ),
    Question(
        "affected", _("Who could be affected wrongly by the recommendations, and what protects them?"),
        _("Residents, bystanders, people with the same name."),
    ),
)  # fmt: skip
