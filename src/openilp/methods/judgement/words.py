"""Do words of probability mean what their yardstick says that they mean?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, floats, same_length
from openilp.methods.judgement.calibration import FOR_LEARNING, ONLY_RESOLVED, check_outcomes, share
from openilp.methods.judgement.yardstick import Yardstick
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence


@dataclass(frozen=True, slots=True)
class TermCalibration:
    """How often what a word was used for came true.

    Attributes:
        term: Code of the word.
        low: Lowest probability that it stands for.
        high: Highest.
        observed: Share that came true, with Wilson's interval; None without judgements.
        agrees: Whether interval and range overlap; None without judgements.
    """

    term: str
    low: float
    high: float
    observed: Estimate | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class WordCalibration(Result):
    """The words of one yardstick, in its order.

    Attributes:
        terms: One for each word.
        scheme: The yardstick.
        n: Judgements with a known outcome.
        n_open: Judgements without one.
        method: How it was computed.
        cautions: What the reader must know.
    """

    terms: tuple[TermCalibration, ...]
    scheme: str
    n: int
    n_open: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say which words did not mean what the yardstick says."""
        apart = [each.term for each in self.terms if each.agrees is False]
        return Sentence(
            "words_compared",
            "Over %(n)s judgements in words of %(scheme)s these came true at another rate than they say: %(apart)s.",
            {"n": f"{self.n:,}", "scheme": self.scheme, "apart": ", ".join(apart) or "none"},
        )

    def plot(self) -> Plot:
        """This function will draw how often each word came true, with its interval."""
        found = [each.observed for each in self.terms]
        return drawing.bars(
            "Share that came true, by word",
            [f"{each.term} ({each.low:.0%}–{each.high:.0%})" for each in self.terms],
            [np.nan if each is None or each.value is None else each.value for each in found],
            x_name="word and its range",
            y_name="share",
            low=[np.nan if each is None or each.low is None else each.low for each in found],
            high=[np.nan if each is None or each.high is None else each.high for each in found],
        )


def calibrate_terms(
    yardstick: Yardstick,
    terms: Sequence[str],
    outcome: Sequence[float | None] | FloatArray,
    *,
    level: float = 0.95,
) -> WordCalibration:
    """This function will compare the words of a yardstick with how often what they were used for came true.

    Question:
        Do our words mean what the yardstick says that they mean?

    Assumptions:
        Each outcome was settled by a rule written down beforehand.

    Traps:
        With few judgements every word agrees: read the interval, not the answer.

    Args:
        yardstick: The scheme.
        terms: (n,) code of the word of each judgement.
        outcome: (n,) 1 came true, 0 did not, NaN or None not known yet.
        level: Coverage of the intervals.

    Returns:
        One for each word of the scheme, in its order; no word is turned into a number.

    Raises:
        LengthMismatch: If the columns differ in length.
        UnknownType: If a word is not in the scheme.
        BadValue: If an outcome is none of 0, 1 and missing.

    Oracle:
        Counts by hand, in `test_calibration.py`.

    Cost:
        Linear.

    Not for:
        Scores: a word has a range, and a score would need a number that nobody gave.

    Source:
        Dhami and Mandel, American Psychologist 76 (2021), on words and their ranges; Wilson, JASA 22 (1927).
    """
    came = floats("outcome", outcome)
    same_length(terms=terms, outcome=came)
    check_outcomes(came, level)
    used = np.array([yardstick.term(code).code for code in terms])
    found = []
    for term in yardstick.terms:
        own = came[(used == term.code) & ~np.isnan(came)] if len(came) else came
        observed = share(int(own.sum()), len(own), level) if len(own) else None
        agrees = None
        if observed is not None and observed.low is not None and observed.high is not None:
            agrees = observed.low <= term.high and term.low <= observed.high
        found.append(TermCalibration(term.code, term.low, term.high, observed, agrees))
    known = int((~np.isnan(came)).sum())
    return WordCalibration(
        terms=tuple(found),
        scheme=yardstick.scheme,
        n=known,
        n_open=len(came) - known,
        method=Sentence(
            "words_and_outcomes",
            "Share that came true for each word of %(scheme)s with Wilson's interval (%(level)s), beside its range.",
            {"scheme": yardstick.scheme, "level": f"{level:.0%}"},
        ),
        cautions=(FOR_LEARNING, ONLY_RESOLVED),
    )
