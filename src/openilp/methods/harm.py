"""Events weighed by the harm of their type; the weights are a table of the caller, never of this code."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.sentence import Sentence

__all__ = ["HarmTotals", "TypeHarm", "harm_of", "harm_totals"]

TYPE_HIDES_SEVERITY = Sentence(
    "type_hides_severity",
    "One weight per type hides how much the events of a type differ; another weight table can give another map.",
)
UNWEIGHTED = Sentence("unweighted", "%(n)s events of the types %(types)s have no weight and add no harm.")


@dataclass(frozen=True, slots=True)
class TypeHarm:
    """One type of event.

    Attributes:
        type: Its name or code.
        n: Events.
        weight: Harm of one event; None when the table has none.
        harm: `n` times `weight`; None without a weight.
        share_of_events: n as a share of all events.
        share_of_harm: Harm as a share of all harm; None without a weight or when there is no harm.
    """

    type: str
    n: int
    weight: float | None
    harm: float | None
    share_of_events: float
    share_of_harm: float | None


@dataclass(frozen=True, slots=True)
class HarmTotals:
    """Types, the most harmful first, those without a weight last.

    Attributes:
        types: One row for each type that occurs.
        total: Harm of all events.
        n: Events.
        n_unweighted: Events whose type has no weight.
        method: Name and version of the weight table and the way it was used.
        cautions: What the reader must know.
    """

    types: tuple[TypeHarm, ...]
    total: float
    n: int
    n_unweighted: int
    method: Sentence
    cautions: tuple[Sentence, ...]


def harm_totals(types: Sequence[str], weights: Mapping[str, float], *, table: str, unit: str) -> HarmTotals:
    """This function will add up the harm of events by type.

    Question:
        Which types of event carry the harm, as against the numbers?

    Assumptions:
        One weight a type says what its events do to people; the table was made for this jurisdiction.

    Traps:
        - A type hides severity: "violence" holds a shove and a killing.
        - Events that police discover themselves weigh policing, not harm.
        - Another table (sentences, costs, victims' answers) gives another order.

    Args:
        types: (n,) type of each event.
        weights: Harm of one event by type, 0 or more.
        table: Name and version of the weight table.
        unit: What a weight is, for example `days of starting sentence`.

    Returns:
        Count and harm of every type that occurs.

    Raises:
        TooFew: If there is no event.
        BadValue: If a weight is negative or not finite.

    Oracle:
        Published totals of the Cambridge weights on police.uk data (`test_harm.py`).

    Cost:
        Linear in the number of events.

    Not for:
        Comparing forces whose recording or weight tables differ.

    Source:
        Sherman, Neyroud and Neyroud, "The Cambridge Crime Harm Index", Policing 10 (2016).
    """
    _check(weights)
    if not types:
        raise TooFew("events", 0, 1)
    counts = Counter(types)
    total = float(sum(n * weights[kind] for kind, n in counts.items() if kind in weights))
    rows = [_row(kind, n, weights.get(kind), len(types), total) for kind, n in counts.items()]
    rows.sort(key=lambda row: (row.harm is None, -(row.harm or 0.0), row.type))
    without = sorted(kind for kind in counts if kind not in weights)
    n_without = sum(counts[kind] for kind in without)
    facts = {"n": str(n_without), "types": ", ".join(without)}
    return HarmTotals(
        types=tuple(rows),
        total=total,
        n=len(types),
        n_unweighted=n_without,
        method=Sentence(
            "harm_totals",
            "Number of events times the weight of their type in %(unit)s, from %(table)s; %(n)s events.",
            {"unit": unit, "table": table, "n": str(len(types))},
        ),
        cautions=(TYPE_HIDES_SEVERITY,)
        + ((Sentence(UNWEIGHTED.code, UNWEIGHTED.template, facts),) if without else ()),
    )


def harm_of(types: Sequence[str], weights: Mapping[str, float]) -> FloatArray:
    """This function will look up the harm of each event.

    Question:
        What does each event weigh, for a map or a plan of harm?

    Assumptions:
        As for `harm_totals`.

    Traps:
        A type without a weight is unknown, not harmless: it comes out as NaN.

    Args:
        types: (n,) type of each event.
        weights: Harm of one event by type.

    Returns:
        (n,) weights, NaN where the table has none: the `weights` of a hot-spot map.

    Raises:
        BadValue: If a weight is negative or not finite.

    Oracle:
        The table itself (`test_harm.py`).

    Cost:
        Linear in the number of events.

    Not for:
        Weighing persons.

    Source:
        Sherman, Neyroud and Neyroud, "The Cambridge Crime Harm Index", Policing 10 (2016).
    """
    _check(weights)
    return np.array([weights.get(kind, np.nan) for kind in types], dtype=np.float64)


def _check(weights: Mapping[str, float]) -> None:
    for kind, weight in weights.items():
        if not (np.isfinite(weight) and weight >= 0):
            raise BadValue(
                f"weight of {kind!r}", weight, "give 0 or more, or leave the type out of the table"
            )


def _row(kind: str, n: int, weight: float | None, n_all: int, total: float) -> TypeHarm:
    harm = None if weight is None else n * weight
    return TypeHarm(
        type=kind,
        n=n,
        weight=weight,
        harm=harm,
        share_of_events=n / n_all,
        share_of_harm=harm / total if harm is not None and total > 0 else None,
    )
