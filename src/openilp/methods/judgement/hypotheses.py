"""Competing hypotheses: which one the items contradict least, and which items decide that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue, TooFew, UnknownType
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

#: How an item fits a hypothesis, from very inconsistent to very consistent; NA says that it has no bearing.
RATINGS = {"II": -2, "I": -1, "N": 0, "NA": 0, "C": 1, "CC": 2}
_TIE = 1e-9

NOT_A_PROBABILITY = Sentence(
    "not_a_probability",
    "The hypothesis that is contradicted least is not proved: a score is no probability, and a hypothesis that "
    "nobody listed has none.",
)
ABSENCE_AND_DECEPTION = Sentence(
    "absence_and_deception",
    "Ask of the items that decide: could they be planted, misread or echoes of one source? And which item would "
    "have to exist if the hypothesis were true, and is missing?",
)
NO_BEARING = Sentence("not_diagnostic", "%(n)s items fit all hypotheses alike and decide nothing: %(items)s.")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of information and how it fits each hypothesis.

    Attributes:
        id: Identifier.
        ratings: Code of `RATINGS` by hypothesis, one for each.
        weight: How much it counts, above 0; 1 is usual. From the grade of the item, by a table of the caller.
        origin: Where it comes from, so that items of one origin can be doubted together; None when unknown.
    """

    id: str
    ratings: Mapping[str, str]
    weight: float = 1.0
    origin: str | None = field(default=None)


@dataclass(frozen=True, slots=True)
class HypothesisScore:
    """How far the items contradict one hypothesis.

    Attributes:
        id: The hypothesis.
        inconsistency: Weights of the items that contradict it, twice where they do so strongly.
        consistency: The same of the items that fit it: shown, and not used, because an item can fit all.
        n_inconsistent: Items that contradict it.
        place: 1 for the least contradicted; equal scores share the lower number.
    """

    id: str
    inconsistency: float
    consistency: float
    n_inconsistent: int
    place: int


@dataclass(frozen=True, slots=True)
class ItemEffect:
    """What one item decides.

    Attributes:
        id: The item.
        diagnosticity: 0 when it fits all hypotheses alike, 1 when as differently as can be: mean difference of
            its ratings over pairs of hypotheses, as a share of the largest.
        leads_without: The least contradicted hypotheses when it is left out.
        changes_lead: Whether leaving it out changes them.
        changes_places: Whether leaving it out changes the place of any hypothesis.
        could_change_lead: Whether they could change if this item alone were rated anew.
    """

    id: str
    diagnosticity: float
    leads_without: tuple[str, ...]
    changes_lead: bool
    changes_places: bool
    could_change_lead: bool


@dataclass(frozen=True, slots=True)
class OriginEffect:
    """What the items of one origin decide together.

    Attributes:
        origin: The origin.
        items: Its items.
        leads_without: The least contradicted hypotheses when all of them are left out.
        changes_lead: Whether that changes them.
    """

    origin: str
    items: tuple[str, ...]
    leads_without: tuple[str, ...]
    changes_lead: bool


@dataclass(frozen=True, slots=True)
class CompetingHypotheses(Result):
    """The matrix of items and hypotheses, and what hangs on what.

    Attributes:
        hypotheses: One for each, in the order given.
        items: One for each, in the order given.
        origins: One for each known origin, in alphabetical order.
        leads: The least contradicted hypotheses; several when they tie.
        margin: How much less the first is contradicted than the next; 0 when several lead.
        fewest_items: The fewest items without which another hypothesis is contradicted as little; empty when
            several lead already or no items can do it.
        n: Items.
        method: How it was computed.
        cautions: What the reader must know.
    """

    hypotheses: tuple[HypothesisScore, ...]
    items: tuple[ItemEffect, ...]
    origins: tuple[OriginEffect, ...]
    leads: tuple[str, ...]
    margin: float
    fewest_items: tuple[str, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say which hypothesis is contradicted least, and on how few items that rests."""
        if len(self.leads) > 1:
            return Sentence(
                "hypotheses_tie",
                "The items contradict %(leads)s equally little; they do not decide between them.",
                {"leads": " and ".join(self.leads)},
            )
        facts = {"lead": self.leads[0], "n": str(self.n), "margin": f"{self.margin:g}"}
        if not self.fewest_items:
            return Sentence(
                "hypothesis_leads_firmly",
                "Of %(n)s items fewest contradict %(lead)s, by a margin of %(margin)s that no items left out undo.",
                facts,
            )
        return Sentence(
            "hypothesis_leads",
            "Of %(n)s items fewest contradict %(lead)s, by a margin of %(margin)s; it would no longer lead alone "
            "without %(few)s.",
            {**facts, "few": ", ".join(self.fewest_items)},
        )

    def plot(self) -> Plot:
        """This function will draw the inconsistency of each hypothesis."""
        return drawing.bars(
            "How far the items contradict each hypothesis",
            [each.id for each in self.hypotheses],
            [each.inconsistency for each in self.hypotheses],
            x_name="hypothesis",
            y_name="inconsistency",
        )


def compare_hypotheses(hypotheses: Sequence[str], items: Sequence[Item]) -> CompetingHypotheses:
    """This function will find the hypothesis that the items contradict least, and what that hangs on.

    Question:
        Which explanation do the items contradict least, and which item would change that?

    Assumptions:
        The hypotheses exclude each other and someone looked for the true one; every item was rated against
        every hypothesis, by what one would expect to see if the hypothesis were true.

    Traps:
        Items that echo one source count several times: give their origin and read its effect. Items that fit
        everything comfort and decide nothing; only contradiction counts here. Weights by feeling decide a
        close matrix: try it with all of them 1.

    Args:
        hypotheses: At least 2 different names.
        items: At least 1, each rated against every hypothesis.

    Returns:
        Scores in the order given, the effect of each item and origin, and the fewest items that decide.

    Raises:
        TooFew: If there are fewer than 2 hypotheses or no item.
        BadValue: If a name repeats, a rating is missing, a hypothesis is unknown, or a weight is not above 0.
        UnknownType: If a rating has an unknown code.

    Oracle:
        Matrices counted by hand, and naive twins that leave out every item and every set of items, in
        `test_hypotheses.py`.

    Cost:
        O(items x hypotheses) for each item: instant for any matrix a person can fill.

    Not for:
        Probabilities, or hypotheses about which person did it.

    Source:
        Heuer, Psychology of Intelligence Analysis (1999), chapter 8; Heuer and Pherson, Structured Analytic
        Techniques (2010), on sensitivity. Dhami, Belton and Mandel, Applied Cognitive Psychology 33 (2019),
        on what the technique does not do.
    """
    _check(hypotheses, items)
    rating = np.array([[RATINGS[item.ratings[h]] for h in hypotheses] for item in items], dtype=np.float64)
    weight = np.array([item.weight for item in items])
    against = np.maximum(-rating, 0) * weight[:, None]
    total = against.sum(axis=0)
    leads = _leads(total, hypotheses)
    effects = tuple(
        _effect(item.id, rating[row], against[row], 2 * item.weight, total, hypotheses)
        for row, item in enumerate(items)
    )
    ordered, places = np.sort(total), _places(total)
    return CompetingHypotheses(
        hypotheses=tuple(
            HypothesisScore(
                id=name,
                inconsistency=float(total[column]),
                consistency=float((np.maximum(rating[:, column], 0) * weight).sum()),
                n_inconsistent=int((rating[:, column] < 0).sum()),
                place=places[column],
            )
            for column, name in enumerate(hypotheses)
        ),
        items=effects,
        origins=_origins(items, against, total, hypotheses),
        leads=leads,
        margin=float(ordered[1] - ordered[0]),
        fewest_items=_fewest(items, against, total, leads, hypotheses),
        n=len(items),
        method=Sentence(
            "inconsistency",
            "%(items)s items rated against %(hypotheses)s hypotheses; a contradiction counts its weight, a strong one "
            "twice; what fits does not count.",
            {"items": str(len(items)), "hypotheses": str(len(hypotheses))},
        ),
        cautions=_cautions(effects),
    )


def _check(hypotheses: Sequence[str], items: Sequence[Item]) -> None:
    if len(hypotheses) < 2:
        raise TooFew("hypotheses", len(hypotheses), 2)
    if not items:
        raise TooFew("items", 0, 1)
    for what, names in (("hypothesis", list(hypotheses)), ("item", [item.id for item in items])):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise BadValue(what, repr(twice[0]), "give each its own name")
    for item in items:
        if missing := [h for h in hypotheses if h not in item.ratings]:
            raise BadValue(
                f"rating of item {item.id!r}", f"missing for {missing[0]!r}", "rate it, or give NA"
            )
        if extra := [h for h in item.ratings if h not in hypotheses]:
            raise BadValue(f"hypothesis of item {item.id!r}", repr(extra[0]), "list it among the hypotheses")
        if not 0 < item.weight < np.inf:
            raise BadValue(f"weight of item {item.id!r}", item.weight, "use a number above 0; 1 is usual")
        for code in item.ratings.values():
            if code not in RATINGS:
                raise UnknownType(f"Rating of item {item.id!r}", code, tuple(RATINGS))


def _leads(total: FloatArray, hypotheses: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name, value in zip(hypotheses, total, strict=True) if value <= total.min() + _TIE)


def _places(total: FloatArray) -> list[int]:
    return [1 + int((total < value - _TIE).sum()) for value in total]


def _effect(
    item: str,
    rating: FloatArray,
    against: FloatArray,
    most: float,
    total: FloatArray,
    hypotheses: Sequence[str],
) -> ItemEffect:
    differences = [abs(a - b) for a, b in combinations(rating.tolist(), 2)]
    leads, without = _leads(total, hypotheses), _leads(total - against, hypotheses)
    rest = total - against
    # Rated anew, this item adds between nothing and its most to each: the lead can go to whoever comes within that.
    could = {name for name, value in zip(hypotheses, rest, strict=True) if value <= rest.min() + most + _TIE}
    return ItemEffect(
        id=item,
        diagnosticity=float(np.mean(differences)) / 4,
        leads_without=without,
        changes_lead=without != leads,
        changes_places=_places(rest) != _places(total),
        could_change_lead=could != set(leads) or len(could) > 1,
    )


def _origins(
    items: Sequence[Item], against: FloatArray, total: FloatArray, hypotheses: Sequence[str]
) -> tuple[OriginEffect, ...]:
    leads = _leads(total, hypotheses)
    found = []
    for origin in sorted({item.origin for item in items if item.origin is not None}):
        rows = [row for row, item in enumerate(items) if item.origin == origin]
        without = _leads(total - against[rows].sum(axis=0), hypotheses)
        found.append(OriginEffect(origin, tuple(items[row].id for row in rows), without, without != leads))
    return tuple(found)


def _fewest(
    items: Sequence[Item],
    against: FloatArray,
    total: FloatArray,
    leads: tuple[str, ...],
    hypotheses: Sequence[str],
) -> tuple[str, ...]:
    """Return the smallest set of items that holds a rival back, the largest contributions first."""
    if len(leads) > 1:
        return ()
    lead = list(hypotheses).index(leads[0])
    best: list[int] = []
    for rival in range(len(hypotheses)):
        holds_back = against[:, rival] - against[:, lead]
        order = np.argsort(-holds_back, kind="stable")
        gained = np.cumsum(holds_back[order])
        enough = np.flatnonzero(gained >= total[rival] - total[lead] - _TIE)
        if rival != lead and len(enough) and (not best or enough[0] + 1 < len(best)):
            best = order[: enough[0] + 1].tolist()
    return tuple(items[row].id for row in sorted(best))


def _cautions(effects: tuple[ItemEffect, ...]) -> tuple[Sentence, ...]:
    idle = [effect.id for effect in effects if effect.diagnosticity == 0]
    said = [NOT_A_PROBABILITY, ABSENCE_AND_DECEPTION]
    if idle:
        facts = {"n": str(len(idle)), "items": ", ".join(idle[:10]) + (" …" if len(idle) > 10 else "")}
        said.append(Sentence(NO_BEARING.code, NO_BEARING.template, facts))
    return tuple(said)
