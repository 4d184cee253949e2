"""Shapes that the verbs of tasking take and give."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from openilp.analysis import selectors as analysis
from openilp.direction import selectors as direction
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit, User
from openilp.safeguards.schemas import Lawful, Marked
from openilp.tasking import selectors
from openilp.tasking.changes import token_of
from openilp.tasking.comparing import Cell, Criterion
from openilp.tasking.errors import TaskingError
from openilp.tasking.models import Exhibit
from openilp.tasking.rules import Answers, Option
from openilp.tasking.services import NewComparison, NewDecision, NewResponse, NewTask


class MeetingIn(Lawful):
    """A meeting to call; people are named by user name, the unit by code."""

    kind: str
    title: str = Field(max_length=160)
    unit: str
    chair: str
    starts_at: datetime
    members: list[str] = []
    without_vote: list[str] = []
    quorum: int = 1


class MeetingOut(Marked):
    """A meeting in a list."""

    kind: str
    title: str
    organisation_level: str
    starts_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class PointOut(Schema):
    """A point of an agenda."""

    number: int
    kind: str
    title: str
    noted: str
    decision: str = ""


class MeetingDetail(MeetingOut):
    """A meeting with its agenda."""

    quorum: int
    agenda: list[PointOut]


class PresentIn(Schema):
    """Who is there, by user name."""

    present: list[str] = []


class PointIn(Schema):
    """A point of one's own."""

    title: str = Field(max_length=200)


class ExhibitOut(Marked):
    """One thing that was laid before a meeting, frozen when it was opened."""

    kind: str
    title: str
    content: dict[str, Any]
    sha256: str


class ChangeOut(Schema):
    """What differs between an exhibit and the same thing now."""

    code: str
    ref: str
    before: str
    now: str
    words: str


class PointExhibits(Schema):
    """What a point laid before the meeting, what has changed since, and what to send to decide knowingly."""

    exhibits: list[ExhibitOut]
    changes: list[ChangeOut]
    knowing: str

    @classmethod
    def of(cls, rows: Sequence[Exhibit], *, actor: Actor) -> dict[str, Any]:
        """Return exhibits with their changes."""
        changes = selectors.changes_since(rows, actor=actor)
        return {
            "exhibits": rows,
            "changes": [{**change.as_json(), "words": change.words} for change in changes],
            "knowing": token_of(changes),
        }


class CriterionIn(Schema):
    """What is compared by, with its weight in a word."""

    code: str
    weight: str = "counts"


class CellIn(Schema):
    """One judgement."""

    degree: str
    confidence: str
    reason: str = Field("", max_length=300)


class ComparisonIn(Schema):
    """Candidate problems: references of priorities and products, or problems in words; letters follow the order."""

    title: str = Field(max_length=200)
    candidates: list[str]
    criteria: list[CriterionIn]
    cells: dict[str, dict[str, CellIn]]
    conclusion: str = ""
    agenda_item: int | None = None
    supersedes: str = ""

    def new(self) -> NewComparison:
        """Return it as the service takes it."""
        return NewComparison(
            title=self.title,
            candidates=self.candidates,
            criteria=[Criterion(row.code, row.weight) for row in self.criteria],
            cells={
                key: {code: Cell(c.degree, c.confidence, c.reason) for code, c in row.items()}
                for key, row in self.cells.items()
            },
            conclusion=self.conclusion,
        )


class ComparisonOut(Marked):
    """Candidate problems side by side, in words and without a total."""

    title: str
    criteria: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    cells: dict[str, dict[str, Any]]
    conclusion: str


class TaskingNoteIn(Schema):
    """What was said on a point."""

    noted: str


class OptionIn(Schema):
    """A way to decide; a recommendation is named by its reference."""

    key: str = Field(max_length=4)
    text: str = Field(max_length=300)
    hours: int = 0
    money: Decimal = Decimal(0)
    harm_low: float | None = None
    harm_high: float | None = None
    recommendation: str = ""


class AnswerIn(Schema):
    """The answer to a recommendation."""

    recommendation: str
    verdict: str
    reason: str = ""
    changed_text: str = Field("", max_length=300)


class DecisionIn(Schema):
    """A decision: what was on the table, what was chosen, why, and the three answers of law."""

    title: str = Field(max_length=200)
    options: list[OptionIn]
    chosen: str
    reasons: str
    necessity: str
    proportionality: str
    non_discrimination: str
    effect_review_on: date
    dissent: str = ""
    products: list[str] = []
    answers: list[AnswerIn] = []
    priority: str = ""
    agenda_item: int | None = None
    knowing: str = Field("", description="what the exhibits of the point say, where the evidence changed")

    def new(self, actor: Actor) -> NewDecision:
        """Return it as the service takes it."""
        return NewDecision(
            title=self.title,
            options=[Option(**option.dict()) for option in self.options],
            chosen=self.chosen,
            reasons=self.reasons,
            answers=Answers(self.necessity, self.proportionality, self.non_discrimination),
            effect_review_on=self.effect_review_on,
            dissent=self.dissent,
            evidence=[
                selectors.evidence_for(analysis.product(ref, actor=actor), actor=actor)
                for ref in self.products
            ],
            responses=[answer(each, actor) for each in self.answers],
            priority=direction.priority(self.priority, actor=actor) if self.priority else None,
            knowing=self.knowing,
        )


class EmergencyIn(DecisionIn, Lawful):
    """A decision between meetings."""


class DecisionOut(Marked):
    """A decision in a list."""

    title: str
    chosen: str
    is_emergency: bool
    effect_review_on: date
    evidence_sha256: str


class DecisionDetail(DecisionOut):
    """A decision with what it keeps."""

    options: list[dict[str, Any]]
    reasons: str
    dissent: str
    necessity: str
    proportionality: str
    non_discrimination: str
    evidence: dict[str, Any]


class RatificationIn(Schema):
    """Whether an emergency decision stands."""

    meeting: str
    is_ratified: bool
    reason: str


class TaskingRequirementIn(Schema):
    """A question out of a decision."""

    question: str = Field(max_length=300)
    why: str
    due_on: date
    urgency: str


class TaskingProductIn(Schema):
    """A product that is wanted."""

    product_type: str
    title: str = Field(max_length=160)
    question: str = Field(max_length=300)
    due_on: date
    urgency: str


class TaskingPriorityIn(Schema):
    """A priority set by decision; the unit by code, the owner by user name."""

    title: str = Field(max_length=160)
    reason: str
    unit: str
    owner: str
    starts_on: date
    ends_on: date
    hours_set: int = 0
    money_set: Decimal = Decimal(0)
    cascades_from: str = ""


class TaskIn(Schema):
    """A task; its owner by user name."""

    title: str = Field(max_length=200)
    strand: str
    owner: str
    due_on: date
    hours_planned: int = 0
    money_planned: Decimal = Decimal(0)

    def new(self) -> NewTask:
        """Return it as the service takes it."""
        return NewTask(**{**self.dict(), "owner": person("owner", self.owner)})


class OperationIn(Schema):
    """What a decision sets in motion; people by user name."""

    name: str = Field(max_length=120)
    goals: str
    plan_owner: str
    starts_on: date
    ends_on: date
    members: list[str] = []
    tasks: list[TaskIn] = []


class OperationOut(Marked):
    """An operation in a list."""

    name: str
    goals: str
    starts_on: date
    ends_on: date
    ended_on: date | None


class TaskOut(Marked):
    """A task as its newest change left it."""

    title: str
    strand: str
    due: date
    owner_now: UUID
    is_done: bool
    hours_planned: int
    money_planned: Decimal


class ChangeIn(Schema):
    """Another day or person for a task."""

    reason: str = Field(max_length=300)
    due_on: date | None = None
    owner: str = ""


class EffortIn(Schema):
    """Hours and money of a day."""

    spent_on: date
    hours: Decimal = Decimal(0)
    money: Decimal = Decimal(0)
    note: str = Field("", max_length=300)


class TaskingFinishIn(Schema):
    """That a task is over."""

    done_on: date | None = None
    note: str = Field("", max_length=300)


class ResourceIn(Lawful):
    """What a unit can commit; the unit by code."""

    unit: str
    kind: str = Field(max_length=40)
    starts_on: date
    ends_on: date
    hours: int
    money: Decimal = Decimal(0)


class ResourceOut(Marked):
    """What a unit can commit."""

    kind: str
    starts_on: date
    ends_on: date
    hours: int
    money: Decimal


class RecommendationOut(Marked):
    """A recommendation that waits for an answer."""

    text: str
    strand: str
    effect: str
    hours: int
    money: Decimal
    harm_low: float | None
    harm_high: float | None


def person(field: str, username: str) -> User:
    """Return an open account by its name."""
    found = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if found is None:
        raise TaskingError(field, f"There is no open account '{username}'; give the user name.")
    return found


def unit_of(code: str) -> Unit:
    """Return a unit by its code."""
    found = Unit.objects.filter(code=code.strip()).first()
    if found is None:
        known = ", ".join(Unit.objects.values_list("code", flat=True))
        raise TaskingError("unit", f"There is no unit '{code}'; use one of {known}.")
    return found


def answer(given: AnswerIn, actor: Actor) -> NewResponse:
    """Return an answer as the service takes it."""
    row = selectors.recommendation(given.recommendation, actor=actor)
    return NewResponse(row, given.verdict, given.reason, given.changed_text)
