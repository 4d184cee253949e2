"""Words of probability with their ranges, and judgements expressed in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from openilp.methods import drawing
from openilp.methods.errors import BadValue, NoTerm, TooFew, UnknownType
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

NOT_COMBINED = Sentence(
    "not_combined",
    "The judgements are shown side by side; no common probability is computed, because analysts who read the "
    "same reports are not independent.",
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word and the probabilities that it stands for.

    Attributes:
        code: Stable code.
        label: The word to show.
        low: Lowest probability, included.
        high: Highest probability, included.
    """

    code: str
    label: str
    low: float
    high: float

    def __post_init__(self) -> None:
        """This function will refuse a range that is none."""
        if not 0 <= self.low <= self.high <= 1:
            raise BadValue(
                f"range of term {self.code!r}", f"{self.low:g} to {self.high:g}", "give 0 <= low <= high <= 1"
            )


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The words of one scheme from the least to the most probable.

    Ranges may leave gaps, as some published yardsticks do, but may share no more than an end point.

    Attributes:
        scheme: Scheme and version.
        terms: The words.
        confidences: Codes of confidence from the lowest to the highest.
    """

    scheme: str
    terms: tuple[Term, ...]
    confidences: tuple[str, ...]

    def __post_init__(self) -> None:
        """This function will refuse terms that overlap, repeat or are out of order."""
        for name, codes in (
            ("terms", [term.code for term in self.terms]),
            ("confidences", list(self.confidences)),
        ):
            if not codes or len(set(codes)) < len(codes):
                raise BadValue(f"{name} of {self.scheme!r}", codes, "give at least one and no code twice")
        for lower, upper in pairwise(self.terms):
            if lower.high > upper.low:
                raise BadValue(
                    f"range of term {upper.code!r}",
                    f"{upper.low:g} to {upper.high:g}",
                    f"begin it at {lower.high:g} or above, where {lower.code!r} ends",
                )

    def term(self, code: str) -> Term:
        """This function will return a term by its code.

        Args:
            code: Its code.

        Returns:
            The term.

        Raises:
            UnknownType: If the scheme has no such term.
        """
        for term in self.terms:
            if term.code == code:
                return term
        raise UnknownType("Term", code, tuple(term.code for term in self.terms))

    def term_for(self, probability: float) -> Term:
        """This function will return the term whose range holds a probability.

        Args:
            probability: 0 to 1.

        Returns:
            The term; the lower one at an end point that two share.

        Raises:
            BadValue: If the probability lies outside 0 to 1 or outside the whole yardstick.
            NoTerm: If it falls into a gap between two terms.
        """
        if not 0 <= probability <= 1:
            raise BadValue("probability", probability, "give a number from 0 to 1")
        for term in self.terms:
            if term.low <= probability <= term.high:
                return term
        for lower, upper in pairwise(self.terms):
            if lower.high < probability < upper.low:
                raise NoTerm(probability, self.scheme, lower.code, upper.code)
        raise BadValue(
            "probability",
            probability,
            f"scheme {self.scheme!r} covers {self.terms[0].low:g} to {self.terms[-1].high:g}",
        )

    def terms_between(self, low: float, high: float) -> tuple[Term, ...]:
        """This function will return the terms that share more than a point with a range of probabilities.

        Args:
            low: Lower end.
            high: Upper end; the same as `low` asks for one probability.

        Returns:
            From the least to the most probable; empty when the range lies in a gap.

        Raises:
            BadValue: If it is no range within 0 to 1.
        """
        if not 0 <= low <= high <= 1:
            raise BadValue("range", f"{low:g} to {high:g}", "give 0 <= low <= high <= 1")
        if low == high:
            return tuple(term for term in self.terms if term.low <= low <= term.high)[:1]
        return tuple(term for term in self.terms if term.low < high and low < term.high)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A probability in a word, and beside it the confidence in its basis.

    Attributes:
        yardstick: The scheme.
        term: Code of the term.
        confidence: Code of the confidence; says how good the basis is, never how probable the matter.
    """

    yardstick: Yardstick
    term: str
    confidence: str

    def __post_init__(self) -> None:
        """This function will refuse words that the scheme does not have."""
        self.yardstick.term(self.term)
        if self.confidence not in self.yardstick.confidences:
            raise UnknownType("Confidence", self.confidence, self.yardstick.confidences)

    @property
    def range(self) -> tuple[float, float]:
        """This function will return the lowest and the highest probability of the term."""
        term = self.yardstick.term(self.term)
        return term.low, term.high


@dataclass(frozen=True, slots=True)
class Spread(Result):
    """Several judgements on one question, side by side.

    Attributes:
        lowest: Lowest probability that any of them allows.
        highest: Highest probability that any of them allows.
        shared: The range that all allow; None when they contradict each other.
        n: Judgements.
        weakest_confidence: The lowest confidence among them.
        method: How it was computed.
        cautions: What the reader must know.
    """

    lowest: float
    highest: float
    shared: tuple[float, float] | None
    n: int
    weakest_confidence: str
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how far the judgements lie apart, and whether they share a range."""
        facts = {"n": str(self.n), "low": f"{self.lowest:.0%}", "high": f"{self.highest:.0%}"}
        if self.shared is None:
            return Sentence(
                "judgements_contradict",
                "%(n)s judgements allow %(low)s to %(high)s, and no probability that all allow.",
                facts,
            )
        return Sentence(
            "judgements_spread",
            "%(n)s judgements allow %(low)s to %(high)s; all allow %(from)s to %(to)s.",
            {**facts, "from": f"{self.shared[0]:.0%}", "to": f"{self.shared[1]:.0%}"},
        )

    def plot(self) -> Plot:
        """This function will draw the whole range and the shared one."""
        ranges = [(self.lowest, self.highest), self.shared or (float("nan"), float("nan"))]
        return drawing.bars(
            "Ranges of the judgements",
            ["allowed by any", "allowed by all"],
            [(low + high) / 2 for low, high in ranges],
            x_name="",
            y_name="probability",
            low=[low for low, _ in ranges],
            high=[high for _, high in ranges],
        )


def spread(judgements: Sequence[Judgement]) -> Spread:
    """This function will show how far several judgements on one question lie apart.

    Question:
        Do several analysts mean the same, and where do they differ?

    Assumptions:
        All answer the same question at the same time, in words of one yardstick.

    Traps:
        Analysts who read the same reports agree for that reason: agreement is no second source.

    Args:
        judgements: At least one, all of the same scheme.

    Returns:
        The whole range, the shared range if there is one, and no invented average.

    Raises:
        TooFew: If there is none.
        BadValue: If they use different schemes.

    Oracle:
        Ranges by hand, in `test_judgement.py`.

    Cost:
        Linear.

    Not for:
        Making one probability out of several.

    Source:
        Friedman and Zeckhauser, Intelligence and National Security 27 (2012), on showing uncertainty and not
        hiding it in one number.
    """
    if not judgements:
        raise TooFew("judgements", 0, 1)
    schemes = sorted({judgement.yardstick.scheme for judgement in judgements})
    if len(schemes) > 1:
        raise BadValue("schemes", ", ".join(schemes), "compare judgements of one scheme; none is converted")
    lows, highs = zip(*(judgement.range for judgement in judgements), strict=True)
    order = judgements[0].yardstick.confidences
    return Spread(
        lowest=min(lows),
        highest=max(highs),
        shared=(max(lows), min(highs)) if max(lows) <= min(highs) else None,
        n=len(judgements),
        weakest_confidence=min((judgement.confidence for judgement in judgements), key=order.index),
        method=Sentence(
            "judgements_side_by_side",
            "The ranges of %(n)s words of %(scheme)s, side by side.",
            {"n": str(len(judgements)), "scheme": schemes[0]},
        ),
        cautions=(NOT_COMBINED,),
    )
