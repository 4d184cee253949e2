"""Offences that the public reported, apart from those that the police discovered where they were."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike
from scipy.stats import norm, spearmanr

from openilp.methods.arrays import FloatArray, floats, same_length
from openilp.methods.drawing import bars
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.fairness.areas import Areas, check_amounts, top
from openilp.methods.fairness.exposure import DRAWS, NOT_A_VERDICT, Exposure, exposure
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

REPORTING_DIFFERS = Sentence(
    "reporting_differs",
    "Reported offences follow the willingness to report, which differs between groups; they are less tied to "
    "patrols, not the truth.",
)


@dataclass(frozen=True, slots=True)
class ReportedDiscovered(Result):
    """What discovered offences add to the picture, and on whom.

    Attributes:
        share_discovered: Discovered offences over all, with its interval.
        with_attention: Rank correlation of an area's discovered share with its attention, with its interval;
            None when either does not vary.
        chosen_alike: Share of the areas that are chosen both by all offences and by reported ones alone.
        exposure_all: Exposure of the groups when areas are chosen by all offences.
        exposure_reported: The same when they are chosen by reported offences alone.
        n_chosen: Areas chosen in both.
        n: Areas.
        method: How it was computed.
        cautions: What the reader must know.
    """

    share_discovered: Estimate
    with_attention: Estimate | None
    chosen_alike: float
    exposure_all: Exposure
    exposure_reported: Exposure
    n_chosen: int
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def shift(self) -> Mapping[str, float]:
        """This function will return by how much discovered offences raise each group's attention (1 = not at all)."""
        return {
            name: (group.attention.value or 0.0) / other
            for name, group in self.exposure_all.groups.items()
            if (other := self.exposure_reported.groups[name].attention.value or 0.0) > 0
        }

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        return Sentence(
            "discovered",
            "%(share)s of the offences were discovered, not reported; choosing by reported offences alone would keep "
            "%(alike)s of the %(n)s areas.",
            {
                "share": f"{self.share_discovered.value or 0:.0%}",
                "alike": f"{self.chosen_alike:.0%}",
                "n": str(self.n_chosen),
            },
        )

    def plot(self) -> Plot:
        """This function will draw by how much discovered offences raise each group's attention."""
        shift = self.shift
        return bars(
            "Attention by all offences over attention by reported ones",
            list(shift),
            list(shift.values()),
            x_name="group",
            y_name="ratio",
        )


def reported_against_discovered(
    areas: Areas,
    reported: ArrayLike,
    discovered: ArrayLike,
    *,
    n_chosen: int | None = None,
    level: float = 0.95,
    rng: Generator,
) -> ReportedDiscovered:
    """This function will show what changes when only reported offences choose the areas.

    Question:
        Do offences that the police discovered draw attention to other areas, and other groups, than those that
        the public reported?

    Assumptions:
        Each offence is marked as reported or discovered by how it came to notice.

    Traps:
        Drugs, weapons and disorder are mostly discovered, burglary mostly reported: compare within a type.
        Reporting differs between groups too.

    Args:
        areas: n areas with attention and people by group.
        reported: (n,) offences reported by the public.
        discovered: (n,) offences discovered by the police.
        n_chosen: Areas to choose; as many as now get attention when left out.
        level: Coverage of the intervals.
        rng: Random generator of the bootstrap.

    Returns:
        The share of discovered offences, its correlation with attention, and the exposure of groups under
        both choices.

    Raises:
        TooFew: If there is no offence.
        BadValue: If a value is negative or missing, or more areas are chosen than there are.
        LengthMismatch: If the columns differ in length.

    Oracle:
        `test_fairness.py`: discovered offences planted in one group's areas raise that group's attention only.

    Cost:
        6,000 draws over the areas.

    Not for:
        Clear-up rates or the work of single officers.

    Source:
        Lum and Isaac, "To predict and serve?", Significance 13 (2016).
    """
    told, found = floats("reported", reported), floats("discovered", discovered)
    same_length(areas=areas.attention, reported=told, discovered=found)
    check_amounts("reported", told)
    check_amounts("discovered", found)
    total = float(told.sum() + found.sum())
    if total == 0:
        raise TooFew("offences", 0, 1)
    n = len(areas)
    chosen = int((areas.attention > 0).sum()) if n_chosen is None else n_chosen
    if not 1 <= chosen <= n:
        raise BadValue("n_chosen", chosen, f"choose 1 to {n} areas")
    drawn = rng.multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = np.nanquantile(
            (drawn @ found) / (drawn @ (found + told)), [(1 - level) / 2, (1 + level) / 2]
        )
    by_all, by_reported = top(told + found, chosen), top(told, chosen)
    return ReportedDiscovered(
        share_discovered=Estimate(float(found.sum()) / total, float(low), float(high), level, round(total)),
        with_attention=_correlation(areas.attention, told, found, level),
        chosen_alike=float((by_all & by_reported).sum() / chosen),
        exposure_all=exposure(Areas(by_all.astype(float), areas.people), level=level, rng=rng),
        exposure_reported=exposure(Areas(by_reported.astype(float), areas.people), level=level, rng=rng),
        n_chosen=chosen,
        n=n,
        method=Sentence(
            "reported_discovered",
            "The %(k)s areas with most offences, by all and by reported ones alone, among %(n)s areas.",
            {"k": str(chosen), "n": str(n)},
        ),
        cautions=(REPORTING_DIFFERS, NOT_A_VERDICT),
    )


def _correlation(attention: FloatArray, told: FloatArray, found: FloatArray, level: float) -> Estimate | None:
    """Return Spearman's correlation with Fisher's interval (standard error 1.03 / sqrt(n - 3), Fieller 1957)."""
    held = told + found > 0
    share, given = found[held] / (told + found)[held], attention[held]
    n = int(held.sum())
    if n < 4 or np.ptp(share) == 0 or np.ptp(given) == 0:
        return None
    value = float(spearmanr(share, given).statistic)
    reach = float(norm.ppf((1 + level) / 2)) * 1.03 / np.sqrt(n - 3)
    middle = np.arctanh(np.clip(value, -0.999999, 0.999999))
    return Estimate(value, float(np.tanh(middle - reach)), float(np.tanh(middle + reach)), level, n)
