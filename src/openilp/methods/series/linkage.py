"""Which unsolved cases may belong together, with a probability that means what it says."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.series.cases import Cases, candidate_pairs
from openilp.methods.series.left_out import LeftOut, cautions_on
from openilp.methods.series.linkage_model import LinkageModel, LinkageValidation, log_odds

LEAD = Sentence(
    "link_is_a_lead",
    "A link is a lead to be checked by an analyst against forensic and other evidence; it is no evidence against "
    "anyone and says nothing about who acted.",
)
PLANTED = Sentence(
    "planted_training",
    "No known series was used: the model learnt from series planted by assumption among these cases, so its "
    "probabilities hold only as far as real series look like those.",
)
SOLVED_ONLY = Sentence(
    "solved_only",
    "The model learnt from solved series, which are nearer and more alike than unsolved ones; probabilities for the "
    "unlike are too low.",
)
BLOCKED = Sentence(
    "linkage_blocked",
    "Only pairs within %(metres)s m and %(days)s days are compared; %(lost)s of the known links lie further apart and "
    "would not be found.",
)
PRIOR = Sentence(
    "linkage_prior",
    "Probabilities assume that %(share)s of the near pairs are linked, as in training; where offenders are fewer or "
    "more active, state another share.",
)


@dataclass(frozen=True, slots=True)
class Link:
    """Two cases and the probability that one offender did both.

    Attributes:
        first: Id of one case.
        second: Id of the other.
        probability: That they are linked.
        probability_low: Lower end of the bootstrap interval.
        probability_high: Upper end.
        distance_m: Between the places.
        delay_days: Between the times.
        evidence: By variable: what it adds to the log-odds; above 0 speaks for the link.
        series: Known series of one of the two; None when both are unsolved.
    """

    first: str
    second: str
    probability: float
    probability_low: float
    probability_high: float
    distance_m: float
    delay_days: float
    evidence: Mapping[str, float]
    series: str | None


@dataclass(frozen=True, slots=True)
class LinkedGroup:
    """Cases that hang together.

    Attributes:
        cases: Their ids, in order of time.
        mean_probability: Mean over its pairs, those too far apart to compare counting as 0.
        weakest_probability: The weakest pair.
    """

    cases: tuple[str, ...]
    mean_probability: float
    weakest_probability: float


@dataclass(frozen=True, slots=True)
class LinkedCases(Result):
    """Links between cases of which at least one is unsolved.

    Attributes:
        pairs: Links of at least `least_probability`, the most probable first.
        groups: Cases joined by average linkage at `together`, by their first case.
        least_probability: Weakest link that is listed.
        together: Mean probability at which cases form a group.
        n: Cases.
        n_unsolved: Those whose series is not known.
        n_compared: Pairs near enough to be compared.
        n_all_pairs: Pairs in all with an unsolved case.
        prior: Share of linked pairs assumed among those compared.
        validation: How the model does on series that it has not seen.
        left_out: Rows that did not enter, with the reason.
        method: How it was computed.
        cautions: What the reader must know.
    """

    pairs: tuple[Link, ...]
    groups: tuple[LinkedGroup, ...]
    least_probability: float
    together: float
    n: int
    n_unsolved: int
    n_compared: int
    n_all_pairs: int
    prior: float
    validation: LinkageValidation
    left_out: tuple[LeftOut, ...]
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many links and groups there are."""
        return Sentence(
            "linked_cases",
            "%(pairs)s pairs are linked with a probability of %(least)s or more; %(groups)s groups of cases hang "
            "together.",
            {
                "pairs": str(len(self.pairs)),
                "least": f"{self.least_probability:.0%}",
                "groups": str(len(self.groups)),
            },
        )

    def plot(self) -> Plot:
        """This function will draw stated against observed probability on unseen series."""
        bins = self.validation.reliability
        stated = np.array([each.predicted for each in bins])
        return lines(
            "Stated and observed probability of links, on series not seen in training",
            stated,
            [
                Line("observed", np.array([each.observed for each in bins])),
                Line("perfect", stated, dashed=True),
            ],
            x_name="stated probability",
            y_name="share linked",
        )


def link_cases(
    cases: Cases,
    model: LinkageModel,
    *,
    least_probability: float = 0.1,
    together: float = 0.5,
    prior: float | None = None,
    level: float = 0.9,
    left_out: tuple[LeftOut, ...] = (),
) -> LinkedCases:
    """This function will say which unsolved cases may belong together or to a known series.

    Question:
        Which of these cases may have been done by the same offenders, how probable is each link, and why?

    Assumptions:
        - The cases are like those that the model was trained on.
        - The share of linked pairs among near pairs is that of training, or `prior`.

    Traps:
        - A probability of 30 % is wrong seven times in ten; read the evidence beside it.
        - Cases of a hot spot lie close together whoever did them.
        - Cases further apart than the model compares are never linked; see `blocking_recall`.

    Args:
        cases: Cases; those with a series are known, those without are to be linked.
        model: What `train_linkage` returned.
        least_probability: Weakest link to list.
        together: Mean probability at which cases form a group.
        prior: Share of linked pairs to expect among near pairs; that of training when None.
        level: Coverage of the bootstrap interval of each probability.
        left_out: Rows that `read_cases` left out, to be named in the result.

    Returns:
        Links with their intervals and evidence, and groups.

    Raises:
        TooFew: If no case is unsolved.
        BadValue: If a probability lies outside 0 to 1.

    Oracle:
        Planted series are found again and noise is not; probabilities of unseen planted series are calibrated
        (`test_linkage.py`).

    Cost:
        Time near pairs times variables, for each bootstrap copy of the model.

    Not for:
        Evidence in court; any statement about persons.

    Source:
        Porter, "A statistical approach to crime linkage", The American Statistician 70 (2016); Bennell and
        Canter, Science & Justice 42 (2002).
    """
    for name, share in (
        ("least_probability", least_probability),
        ("together", together),
        ("prior", prior),
        ("level", level),
    ):
        if share is not None and not 0 < share < 1:
            raise BadValue(name, share, "use a probability between 0 and 1")
    unsolved = ~cases.labelled
    if not unsolved.any():
        raise TooFew("cases without a known series", 0, 1)
    first, second = candidate_pairs(cases, within_m=model.within_m, within_days=model.within_days)
    open_pair = unsolved[first] | unsolved[second]
    first, second = first[open_pair], second[open_pair]
    columns = model.standardised(model.evidence.of(cases, first, second))
    odds, copies = log_odds(model, columns, prior)
    probability = expit(odds)
    low, high = _interval(copies, probability, level)
    listed = np.flatnonzero(probability >= least_probability)
    listed = listed[np.argsort(-probability[listed], kind="stable")]
    n, n_known = len(cases), int((~unsolved).sum())
    return LinkedCases(
        pairs=tuple(
            _link(
                cases,
                model,
                columns[row],
                int(first[row]),
                int(second[row]),
                probability[row],
                low[row],
                high[row],
            )
            for row in listed
        ),
        groups=_groups(cases, first, second, probability, together),
        least_probability=least_probability,
        together=together,
        n=n,
        n_unsolved=n - n_known,
        n_compared=len(first),
        n_all_pairs=n * (n - 1) // 2 - n_known * (n_known - 1) // 2,
        prior=model.prevalence if prior is None else prior,
        validation=model.validation,
        left_out=left_out,
        method=Sentence(
            "case_linkage",
            "Ridge logistic regression on %(variables)s evidence variables of pairs, calibrated and validated on "
            "unseen series (%(series)s series, area under the curve %(auc)s, Brier score %(brier)s against %(base)s "
            "for a constant); %(level)s intervals from resampled series.",
            {
                "variables": str(len(model.evidence.variables)),
                "series": str(model.validation.n_series),
                "auc": f"{model.validation.auc:.2f}",
                "brier": f"{model.validation.brier:.4f}",
                "base": f"{model.validation.brier_base:.4f}",
                "level": f"{level:.0%}",
            },
        ),
        cautions=(*cautions_on(left_out), LEAD, *_limits(model, prior)),
    )


def _interval(copies: FloatArray, probability: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    if not len(copies) or not copies.shape[1]:
        return probability, probability
    low, high = np.quantile(expit(copies), [(1 - level) / 2, (1 + level) / 2], axis=0)
    # The estimate itself is not a bootstrap draw; an interval that leaves it out would puzzle without informing.
    return np.minimum(low, probability), np.maximum(high, probability)


def _link(
    cases: Cases, model: LinkageModel, columns: FloatArray, first: int, second: int, *numbers: float
) -> Link:
    adds = model.calibration[1] * model.coefficients[1:] * columns
    evidence: dict[str, float] = {}
    for name, value in zip(model.evidence.variables, adds, strict=True):
        variable = name.removesuffix(" shared").removesuffix(" differs")
        evidence[variable] = evidence.get(variable, 0.0) + float(value)
    probability, low, high = (float(number) for number in numbers)
    return Link(
        first=cases.ids[first],
        second=cases.ids[second],
        probability=probability,
        probability_low=low,
        probability_high=high,
        distance_m=float(np.hypot(*(cases.xy[first] - cases.xy[second]))),
        delay_days=float(abs(cases.day[first] - cases.day[second])),
        evidence=evidence,
        series=cases.series[first] or cases.series[second],
    )


def _groups(
    cases: Cases, first: IntArray, second: IntArray, probability: FloatArray, together: float
) -> tuple[LinkedGroup, ...]:
    # Pairs weaker than a tenth of the threshold hold no group together, but they still count in its mean.
    strong = probability >= together / 10
    n = len(cases)
    links = coo_array((np.ones(int(strong.sum())), (first[strong], second[strong])), shape=(n, n))
    _, component = connected_components(links, directed=False)
    members = [np.flatnonzero(component == k) for k in np.flatnonzero(np.bincount(component) > 1)]
    found = [group for rows in members for group in _cut(rows, first, second, probability, together)]
    return tuple(
        _describe(cases, rows, table) for rows, table in sorted(found, key=lambda each: each[0].min())
    )


def _cut(
    rows: IntArray, first: IntArray, second: IntArray, probability: FloatArray, together: float
) -> list[tuple[IntArray, FloatArray]]:
    """Cut one connected part of the links into groups by average linkage."""
    table = np.zeros((len(rows), len(rows)))
    inside = np.isin(first, rows) & np.isin(second, rows)
    one, other = np.searchsorted(rows, first[inside]), np.searchsorted(rows, second[inside])
    table[one, other] = table[other, one] = probability[inside]
    upper = np.triu_indices(len(rows), 1)
    group = fcluster(linkage(1 - table[upper], method="average"), 1 - together, criterion="distance")
    return [
        (rows[chosen], table[np.ix_(chosen, chosen)])
        for k in range(1, group.max() + 1)
        if len(chosen := np.flatnonzero(group == k)) > 1
    ]


def _describe(cases: Cases, rows: IntArray, table: FloatArray) -> LinkedGroup:
    pairs = table[np.triu_indices(len(rows), 1)]
    order = rows[np.argsort(cases.day[rows], kind="stable")]
    return LinkedGroup(tuple(cases.ids[row] for row in order), float(pairs.mean()), float(pairs.min()))


def _limits(model: LinkageModel, prior: float | None) -> tuple[Sentence, ...]:
    facts = {
        "metres": f"{model.within_m:g}",
        "days": f"{model.within_days:g}",
        "lost": f"{1 - model.validation.blocking_recall:.0%}",
    }
    said = [PLANTED if model.planted else SOLVED_ONLY, Sentence(BLOCKED.code, BLOCKED.template, facts)]
    if prior is None:
        said.append(Sentence(PRIOR.code, PRIOR.template, {"share": f"{model.prevalence:.2%}"}))
    return tuple(said)
