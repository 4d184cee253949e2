"""The report on disparate impact that a forecast or a product carries."""

from dataclasses import dataclass

from numpy.random import Generator
from numpy.typing import ArrayLike

from openilp.methods.fairness.areas import Areas
from openilp.methods.fairness.calibration import Calibration, calibration_by_group
from openilp.methods.fairness.discovered import ReportedDiscovered, reported_against_discovered
from openilp.methods.fairness.exposure import FOUR_FIFTHS, NOT_A_VERDICT, Exposure, exposure
from openilp.methods.fairness.feedback import Feedback, simulate_feedback
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

MISSING = {
    "calibration": Sentence(
        "no_calibration", "Not looked at: calibration by group (needs expected and observed events)."
    ),
    "discovered": Sentence(
        "no_discovered",
        "Not looked at: reported against discovered offences, and feedback (needs both counts).",
    ),
}


@dataclass(frozen=True, slots=True)
class DisparateImpact(Result):
    """Exposure, calibration, discovered offences and feedback in one report, for a human to judge.

    Attributes:
        exposure: Who lives where the attention goes.
        calibration: Whether the forecast is as right for each group; None when not looked at.
        discovered: What discovered offences add; None when not looked at.
        feedback: Where learning from discovered offences would lead two areas that are alike, at the share of
            discovered offences in these data; None when not looked at.
        corrected: The same with discovered offences down-weighted.
        concerns: What has to be answered before release.
        n: Areas.
        method: How it was computed.
        cautions: What the reader must know, what was not looked at among it.
    """

    exposure: Exposure
    calibration: Calibration | None
    discovered: ReportedDiscovered | None
    feedback: Feedback | None
    corrected: Feedback | None
    concerns: tuple[Sentence, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        if not self.concerns:
            return Sentence(
                "no_concern", "Nothing was found that luck does not explain; see what was not looked at."
            )
        said = " ".join(str(each) for each in self.concerns)
        return Sentence("concerns", "To be answered before release: %(concerns)s", {"concerns": said})

    def plot(self) -> Plot:
        """This function will draw the exposure of the groups."""
        return self.exposure.plot()


def disparate_impact(
    areas: Areas,
    *,
    expected: ArrayLike | None = None,
    observed: ArrayLike | None = None,
    reported: ArrayLike | None = None,
    discovered: ArrayLike | None = None,
    threshold: float = FOUR_FIFTHS,
    rounds: int = 1000,
    level: float = 0.95,
    rng: Generator,
) -> DisparateImpact:
    """This function will put together what a forecast or a product has to say about whom it falls on.

    Question:
        On whom does this fall, is it as right for everybody, and would it feed on itself?

    Assumptions:
        Those of its parts: exposure, calibration, reported against discovered offences, feedback.

    Traps:
        What was not looked at is no all-clear; the report names it. It is evidence for a human decision.

    Args:
        areas: n areas with attention and people by group.
        expected: (n,) events expected in each area.
        observed: (n,) events recorded; with `expected` it gives calibration.
        reported: (n,) offences reported by the public.
        discovered: (n,) offences discovered; with `reported` it gives their comparison and the feedback.
        threshold: Disparity of exposure below which it is called unequal.
        rounds: Rounds of the feedback simulation.
        level: Coverage of the intervals.
        rng: Random generator.

    Returns:
        The parts that the data allow, the concerns in words, and what was not looked at.

    Raises:
        TooFew: As its parts.
        BadValue: As its parts.
        LengthMismatch: If the columns differ in length.

    Oracle:
        `test_fairness.py`: planted bias raises each concern; a fair choice raises none.

    Cost:
        Seconds for 10,000 areas.

    Not for:
        A certificate. It raises questions and answers none.

    Source:
        Its parts. Requirement: a bias and rights check before a product is finished.
    """
    spread = exposure(areas, threshold=threshold, level=level, rng=rng)
    calibration = split = loop = mended = None
    if expected is not None and observed is not None:
        calibration = calibration_by_group(areas, expected, observed, level=level, rng=rng)
    if reported is not None and discovered is not None:
        split = reported_against_discovered(areas, reported, discovered, level=level, rng=rng)
        loop, mended = (_loop(split, rounds, corrected, rng) for corrected in (False, True))
    absent = [MISSING["calibration"]] if calibration is None else []
    absent += [MISSING["discovered"]] if split is None else []
    return DisparateImpact(
        exposure=spread,
        calibration=calibration,
        discovered=split,
        feedback=loop,
        corrected=mended,
        concerns=_concerns(spread, calibration, split, loop),
        n=len(areas),
        method=Sentence(
            "disparate_impact",
            "Exposure of %(groups)s groups over %(n)s areas, with calibration and feedback where the data allow.",
            {"groups": str(len(areas.people)), "n": str(len(areas))},
        ),
        cautions=(NOT_A_VERDICT, *absent, *(spread.cautions[:1])),
    )


def _loop(split: ReportedDiscovered, rounds: int, corrected: bool, rng: Generator) -> Feedback:
    """Play two areas that are alike, with the discovered share of these data."""
    share = split.share_discovered.value or 0.0
    return simulate_feedback(
        [share, share],
        # A round has one patrol and two areas: half a report from each keeps the shares of the data.
        reported=[(1 - share) / 2, (1 - share) / 2],
        rounds=rounds,
        corrected=corrected,
        rng=rng,
    )


def _concerns(
    spread: Exposure, calibration: Calibration | None, split: ReportedDiscovered | None, loop: Feedback | None
) -> tuple[Sentence, ...]:
    found = [spread.finding] if spread.unequal else []
    if calibration is not None and calibration.uneven:
        found.append(calibration.finding)
    if split is not None and split.chosen_alike < 1 and _raises(split):
        found.append(split.finding)
    if loop is not None and loop.runaway:
        found.append(loop.finding)
    return tuple(found)


def _raises(split: ReportedDiscovered) -> bool:
    """Tell whether discovered offences raise some group's attention by a quarter, the inverse of four fifths."""
    return any(value > 1 / FOUR_FIFTHS for value in split.shift.values())
