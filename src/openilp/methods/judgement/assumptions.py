"""Key assumptions: what the judgements stand on, how firm it is, and what falls when it fails."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.errors import BadValue, TooFew, UnknownType
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

#: How firm an assumption is, from the firmest: by evidence, with a condition, or by habit only.
BASES = ("supported", "caveated", "unsupported")

NOT_ALL_ARE_LISTED = Sentence(
    "not_all_are_listed",
    "The assumptions that matter most are often those that nobody wrote down: ask what would have to be true for "
    "each judgement, and let somebody from outside read the list.",
)


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing taken for true.

    Attributes:
        id: Identifier.
        statement: What is taken for true, as a sentence that could be false.
        basis: One of `BASES`.
        judgements: Judgements that would fall or change without it.
        sign: What one would see if it were false; None when nobody has thought of one.
        review_by: Day by which it is looked at again; None when nobody has set one.
    """

    id: str
    statement: str
    basis: str
    judgements: tuple[str, ...]
    sign: str | None
    review_by: np.datetime64 | None


@dataclass(frozen=True, slots=True)
class AssumptionState:
    """How one assumption stands today.

    Attributes:
        id: Identifier.
        basis: How firm it is.
        judgements: What it carries.
        is_overdue: Whether its review is past.
        lacks: What is missing to watch it: `sign`, `review_by`, or both.
        is_linchpin: Whether it is not supported and every judgement rests on it.
    """

    id: str
    basis: str
    judgements: tuple[str, ...]
    is_overdue: bool
    lacks: tuple[str, ...]
    is_linchpin: bool


@dataclass(frozen=True, slots=True)
class JudgementBasis:
    """What one judgement stands on.

    Attributes:
        id: The judgement.
        assumptions: Its assumptions.
        weakest: The least firm basis among them.
    """

    id: str
    assumptions: tuple[str, ...]
    weakest: str


@dataclass(frozen=True, slots=True)
class AssumptionReview(Result):
    """The register as it stands on one day.

    Attributes:
        assumptions: One for each, in the order given.
        judgements: One for each judgement that is carried, in alphabetical order.
        today: The day.
        n: Assumptions.
        method: How it was computed.
        cautions: What the reader must know.
    """

    assumptions: tuple[AssumptionState, ...]
    judgements: tuple[JudgementBasis, ...]
    today: np.datetime64
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many assumptions are not supported, and what hangs on them."""
        weak = [each for each in self.assumptions if each.basis == "unsupported"]
        carried = {judgement for each in weak for judgement in each.judgements}
        return Sentence(
            "assumptions_found",
            "%(weak)s of %(n)s assumptions are unsupported and carry %(carried)s of %(judgements)s judgements; "
            "%(late)s reviews are overdue; %(linchpins)s carry all judgements without support.",
            {
                "weak": str(len(weak)),
                "n": str(self.n),
                "carried": str(len(carried)),
                "judgements": str(len(self.judgements)),
                "late": str(sum(each.is_overdue for each in self.assumptions)),
                "linchpins": ", ".join(each.id for each in self.assumptions if each.is_linchpin) or "none",
            },
        )

    def plot(self) -> Plot:
        """This function will draw how many judgements each assumption carries."""
        return drawing.bars(
            "Judgements that rest on each assumption",
            [f"{each.id} ({each.basis})" for each in self.assumptions],
            [len(each.judgements) for each in self.assumptions],
            x_name="assumption",
            y_name="judgements",
        )


def review_assumptions(assumptions: Sequence[Assumption], *, today: np.datetime64) -> AssumptionReview:
    """This function will show what the judgements stand on, and which assumptions need a look.

    Question:
        Which assumptions carry the judgements, how firm are they, and which are due for review?

    Assumptions:
        The register lists what was really assumed, and each judgement names all that it needs.

    Traps:
        A long register hides the one assumption that matters: look for linchpins. Supported by a report that
        itself assumed it is not supported.

    Args:
        assumptions: At least 1.
        today: The day of the review.

    Returns:
        The assumptions as they stand, and the weakest basis of each judgement.

    Raises:
        TooFew: If there is none.
        BadValue: If an identifier repeats or a statement is empty.
        UnknownType: If a basis has an unknown name.

    Oracle:
        Registers counted by hand, in `test_assumptions.py`.

    Cost:
        Linear.

    Not for:
        Deciding whether an assumption is true.

    Source:
        Heuer and Pherson, Structured Analytic Techniques for Intelligence Analysis (2010), key assumptions check.
    """
    if not assumptions:
        raise TooFew("assumptions", 0, 1)
    ids = [each.id for each in assumptions]
    for each in assumptions:
        if ids.count(each.id) > 1:
            raise BadValue("assumption", repr(each.id), "give each its own identifier")
        if not each.statement.strip():
            raise BadValue(
                f"statement of assumption {each.id!r}", "empty", "write it as a sentence that could be false"
            )
        if each.basis not in BASES:
            raise UnknownType(f"Basis of assumption {each.id!r}", each.basis, BASES)
    carried = sorted({judgement for each in assumptions for judgement in each.judgements})
    return AssumptionReview(
        assumptions=tuple(_state(each, carried, today) for each in assumptions),
        judgements=tuple(_basis(judgement, assumptions) for judgement in carried),
        today=today,
        n=len(assumptions),
        method=Sentence(
            "assumptions_reviewed",
            "%(n)s assumptions and the judgements that name them, on %(today)s.",
            {"n": str(len(assumptions)), "today": str(today)},
        ),
        cautions=(NOT_ALL_ARE_LISTED,),
    )


def _state(each: Assumption, carried: list[str], today: np.datetime64) -> AssumptionState:
    lacks = [name for name, value in (("sign", each.sign), ("review_by", each.review_by)) if value is None]
    return AssumptionState(
        id=each.id,
        basis=each.basis,
        judgements=each.judgements,
        is_overdue=each.review_by is not None and bool(each.review_by < today),
        lacks=tuple(lacks),
        is_linchpin=each.basis != "supported" and bool(carried) and set(carried) <= set(each.judgements),
    )


def _basis(judgement: str, assumptions: Sequence[Assumption]) -> JudgementBasis:
    needed = [each for each in assumptions if judgement in each.judgements]
    weakest = max((each.basis for each in needed), key=BASES.index)
    return JudgementBasis(judgement, tuple(each.id for each in needed), weakest)
