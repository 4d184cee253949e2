"""Where links may be missing: scores of unlinked pairs, tested on links held out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from openilp.methods import drawing
from openilp.methods.arrays import BoolArray, FloatArray, IntArray
from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.networks.measures import INCOMPLETE
from openilp.methods.networks.network import Network
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

NODE_LIMIT = 1500
FEWEST_LINKS = 20
LEVEL = 0.9
#: Unlinked pairs for each link held out: enough that a useless score shows as one.
NEGATIVES = 10
KATZ_SHARE = 0.5
KATZ_ROUNDS = 12
#: Normal quantile for one chance in twenty that one of the four scores passes without a signal.
CRITICAL = 2.24
#: What any network would give: pairs of busy nodes. A score has to beat it.
BASELINE = "degree product"

NO_EVIDENCE = Sentence(
    "no_evidence",
    "A pair named here is a question for collection. It is no evidence of contact and is never recorded as a link.",
)
NO_BETTER = Sentence(
    "no_better_than_degree",
    "No score finds links held out better than the product of the degrees does; no pair is named.",
)


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """How well one score tells links held out from unlinked pairs of equally busy nodes.

    Attributes:
        name: The score.
        auc: Probability that a held-out link scores above such a pair, ties half; middle 90 % of the splits.
        precision: Average precision (area under precision against recall); chance gives the share held.
        chance: Share of held-out links among the pairs tested.
    """

    name: str
    auc: Estimate
    precision: Estimate
    chance: float


@dataclass(frozen=True, slots=True)
class PossibleLink:
    """An unlinked pair whose surroundings resemble those of links.

    Attributes:
        id: Identifier of one end.
        other: Identifier of the other.
        score: By the score chosen.
    """

    id: str
    other: str
    score: float


@dataclass(frozen=True, slots=True)
class PossibleLinks(Result):
    """The tests of the scores, and the pairs that the best one names.

    Attributes:
        tests: One for each score.
        chosen: The score with the highest average precision; None when none beats the baseline.
        pairs: Named pairs in alphabetical order; equal scores are in or out together.
        n: Links.
        splits: How often links were held out.
        held_out: Share of the links held out.
        method: How it was computed.
        cautions: What the reader must know.
    """

    tests: tuple[ScoreTest, ...]
    chosen: str | None
    pairs: tuple[PossibleLink, ...]
    n: int
    splits: int
    held_out: float
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say whether the network can tell, and how many pairs it names."""
        if self.chosen is None:
            return Sentence(
                "cannot_tell", "This network cannot tell where links are missing: no pair is named."
            )
        test = next(test for test in self.tests if test.name == self.chosen)
        return Sentence(
            "can_tell",
            "%(score)s finds links held out with an average precision of %(precision)s where chance gives %(chance)s; "
            "it names %(pairs)s pairs to look at.",
            {
                "score": self.chosen.capitalize(),
                "precision": f"{test.precision.value:.2f}",
                "chance": f"{test.chance:.2f}",
                "pairs": str(len(self.pairs)),
            },
        )

    def plot(self) -> Plot:
        """This function will draw the average precision of each score with its interval."""
        found = [test.precision for test in self.tests]
        return drawing.bars(
            "Links held out that were found",
            [test.name for test in self.tests],
            [each.value or 0.0 for each in found],
            x_name="score",
            y_name="average precision",
            low=[each.low or 0.0 for each in found],
            high=[each.high or 0.0 for each in found],
        )


def possible_links(
    network: Network, *, rng: np.random.Generator, most: int = 20, held_out: float = 0.1, splits: int = 20
) -> PossibleLinks:
    """This function will name unlinked pairs where a link may be missing, if the data show that it can tell.

    Question:
        Between which nodes may a link exist that nobody recorded, and can this network tell at all?

    Assumptions:
        Missing links resemble recorded ones: they close triangles as those do, and are missing by chance.

    Traps:
        Links that are hidden on purpose do not resemble recorded ones. A score that is tested against any
        unlinked pair looks good because busy nodes have more links: here the pairs tested are as busy as the
        ends of links, and a score that does not beat the product of the degrees names nobody.

    Args:
        network: n nodes, at most 1,500, and at least 20 links; weights are not used.
        rng: Random generator; the caller owns the seed.
        most: Pairs to name at most.
        held_out: Share of the links held out in each split.
        splits: Splits.

    Returns:
        The test of each score, and the pairs by the best.

    Raises:
        TooFew: If there are fewer than 20 links.
        TooLarge: If there are more than 1,500 nodes.
        BadValue: If a share or a number does not fit.

    Oracle:
        Recovery of links removed from planted groups, no pair named in a random network, and naive scores,
        in `test_missing.py`.

    Cost:
        Time O(splits n^3) through dense products, memory O(n^2).

    Not for:
        Adding links to the records, or networks of events where a pair cannot repeat.

    Source:
        Liben-Nowell and Kleinberg, JASIST 58 (2007); Adamic and Adar, Social Networks 25 (2003); Zhou, Lu and
        Zhang, European Physical Journal B 71 (2009), resource allocation; Katz, Psychometrika 18 (1953).
    """
    if network.n_nodes > NODE_LIMIT:
        raise TooLarge("nodes", network.n_nodes, NODE_LIMIT, "select a part of the network")
    if network.n_links < FEWEST_LINKS:
        raise TooFew("links", network.n_links, FEWEST_LINKS)
    if not 0 < held_out < 1:
        raise BadValue("held_out", held_out, "use a share between 0 and 1, for example 0.1")
    if splits < 1 or most < 0:
        raise BadValue("splits or most", (splits, most), "use at least 1 split, and 0 or more pairs")
    runs = [_split(network, held_out, rng) for _ in range(splits)]
    tests = tuple(_test(name, [run[name] for run in runs]) for name in SCORES)
    chosen = _best(tests, runs, network.n_links)
    pairs = _named(network, chosen, most) if chosen else ()
    return PossibleLinks(
        tests=tests,
        chosen=chosen,
        pairs=pairs,
        n=network.n_links,
        splits=splits,
        held_out=held_out,
        method=Sentence(
            "possible_links",
            "%(splits)s times %(share)s of %(links)s links are held out and looked for among %(times)s times as many "
            "unlinked pairs of equally busy nodes.",
            {
                "splits": str(splits),
                "share": f"{held_out:.0%}",
                "links": str(network.n_links),
                "times": str(NEGATIVES),
            },
        ),
        cautions=(NO_EVIDENCE, INCOMPLETE) if chosen else (NO_EVIDENCE, INCOMPLETE, NO_BETTER),
    )


def _dense(network: Network, links: BoolArray | None = None) -> FloatArray:
    low, high = network.links()
    if links is not None:
        low, high = low[links], high[links]
    matrix = np.zeros((network.n_nodes, network.n_nodes))
    matrix[low, high] = matrix[high, low] = 1
    return matrix


def _common(matrix: FloatArray) -> FloatArray:
    common: FloatArray = matrix @ matrix
    return common


def _adamic_adar(matrix: FloatArray) -> FloatArray:
    degree = matrix.sum(axis=0)
    score: FloatArray = (matrix / np.log(np.maximum(degree, 2))) @ matrix
    return score


def _resource_allocation(matrix: FloatArray) -> FloatArray:
    score: FloatArray = (matrix / np.maximum(matrix.sum(axis=0), 1)) @ matrix
    return score


def _katz(matrix: FloatArray) -> FloatArray:
    # The largest degree bounds the largest eigenvalue, so that the sum converges; 0.5 to the 12th is 2e-4.
    damped = matrix * (KATZ_SHARE / max(matrix.sum(axis=0).max(initial=0), 1))
    total: FloatArray = damped
    power = damped
    for _ in range(KATZ_ROUNDS):
        power = power @ damped
        total = total + power
    return total


def _degree_product(matrix: FloatArray) -> FloatArray:
    degree = matrix.sum(axis=0)
    product: FloatArray = np.outer(degree, degree)
    return product


SCORES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "adamic-adar": _adamic_adar,
    "common neighbours": _common,
    BASELINE: _degree_product,
    "katz": _katz,
    "resource allocation": _resource_allocation,
}


def _split(
    network: Network, held_out: float, rng: np.random.Generator
) -> dict[str, tuple[float, float, float]]:
    kept = np.ones(network.n_links, dtype=np.bool_)
    n_held = max(round(held_out * network.n_links), 1)
    kept[rng.permutation(network.n_links)[:n_held]] = False
    low, high = (end[~kept] for end in network.links())
    train = _dense(network, kept)
    a, b = _as_busy(_dense(network), train.sum(axis=0), np.stack([low, high], axis=1), rng)
    found = {}
    for name, score in SCORES.items():
        matrix = np.round(score(train), 12)
        found[name] = _quality(matrix[low, high], matrix[a, b])
    return found


def _as_busy(
    whole: FloatArray, degree: FloatArray, held: IntArray, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Return unlinked pairs that keep one end of a held-out link and replace the other by one as busy.

    Degrees are those of the links that are left: a link held out lowers those of its own ends.
    """
    ends, others = [], []
    for pair in held:
        for end, other in (pair, pair[::-1]):
            free = np.flatnonzero(whole[end] == 0)
            free = rng.permutation(free[free != end])
            nearest = free[np.argsort(np.abs(degree[free] - degree[other]), kind="stable")][: NEGATIVES // 2]
            ends.append(np.full(len(nearest), end))
            others.append(nearest)
    if not sum(map(len, others)):
        raise TooFew("unlinked pairs of linked nodes", 0, 1)
    return np.concatenate(ends), np.concatenate(others)


def _quality(held: FloatArray, others: FloatArray) -> tuple[float, float, float]:
    """Return the area under the curve, the average precision (ties as one step) and the share held."""
    values = np.concatenate([held, others])
    is_held = np.arange(len(values)) < len(held)
    ranks = rankdata(values)
    auc = (ranks[is_held].sum() - len(held) * (len(held) + 1) / 2) / (len(held) * len(others))
    steps, place = np.unique(-values, return_inverse=True)
    hits = np.cumsum(np.bincount(place, is_held, len(steps)))
    named = np.cumsum(np.bincount(place, minlength=len(steps)))
    gained = np.diff(hits, prepend=0) / len(held)
    return float(auc), float((gained * hits / named).sum()), len(held) / len(values)


def _test(name: str, runs: list[tuple[float, float, float]]) -> ScoreTest:
    auc, precision, chance = (np.array(each) for each in zip(*runs, strict=True))
    return ScoreTest(name, _estimate(auc), _estimate(precision), float(chance.mean()))


def _estimate(values: FloatArray) -> Estimate:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(values.mean()), float(low), float(high), LEVEL, len(values))


def _best(
    tests: tuple[ScoreTest, ...], runs: list[dict[str, tuple[float, float, float]]], links: int
) -> str | None:
    others = [test for test in tests if test.name != BASELINE]
    best = max(others, key=lambda test: test.precision.value or 0.0)
    # Splits share their links, so that their spread alone would let noise pass: without a signal the place of a
    # link among its pairs is uniform, and the mean over the links has this error, whatever the number of splits.
    error = np.sqrt(1 / 12 / links)
    # Paired by split: the same links held out, so that luck of the split cancels.
    gains = np.array([run[best.name][1] - run[BASELINE][1] for run in runs])
    is_better = np.quantile(gains, (1 - LEVEL) / 2) > 0 and (best.auc.value or 0.0) > 0.5 + CRITICAL * error
    return best.name if is_better else None


def _named(network: Network, chosen: str, most: int) -> tuple[PossibleLink, ...]:
    matrix = _dense(network)
    score = np.round(SCORES[chosen](matrix), 12)
    a, b = np.triu_indices(network.n_nodes, 1)
    value = np.where(matrix[a, b] > 0, 0.0, score[a, b])
    order = np.sort(value)[::-1]
    if not most or not len(order):
        return ()
    # Equal scores are in or out together: no order decides between them.
    bar = order[most - 1] if len(order) >= most else 0.0
    keep = value >= bar if (value >= bar).sum() <= most else value > bar
    return tuple(
        PossibleLink(network.ids[a[pair]], network.ids[b[pair]], float(value[pair]))
        for pair in np.flatnonzero(keep & (value > 0))
    )
