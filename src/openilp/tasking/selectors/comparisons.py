"""Questions about comparisons of candidate problems."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef

from openilp import reference
from openilp.analysis import selectors as analysis
from openilp.collection.models import Incident
from openilp.direction import selectors as direction
from openilp.direction.models import Priority
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Unit
from openilp.tasking.comparing import ABOUT_PERSONS, Candidate
from openilp.tasking.errors import TaskingError
from openilp.tasking.models import Comparison, Meeting
from openilp.tasking.selectors.decisions import waiting_products

_LABEL = ("level", "compartments", "releasable_to", "originator_control")
_LETTERS = "ABCDEFGH"


def comparisons(*, actor: Actor) -> Any:
    """Return the comparisons that stand: those that no later version replaced."""
    later = Comparison.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return Comparison.objects.seen_by(actor).filter(~Exists(later))


def comparison(ref: str, *, actor: Actor) -> Comparison:
    """Return a comparison by its reference, also one that was replaced.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Comparison | None = Comparison.objects.seen_by(actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def comparisons_in(row: Meeting, *, actor: Actor) -> list[Comparison]:
    """Return the standing comparisons of a meeting."""
    return list(comparisons(actor=actor).filter(meeting=row).order_by("created_at"))


def successor_of(row: Comparison, *, actor: Actor) -> Comparison | None:
    """Return the version that replaced a comparison."""
    found: Comparison | None = Comparison.objects.seen_by(actor).filter(supersedes=row).first()
    return found


def proposed(*, actor: Actor) -> list[tuple[str, str]]:
    """Return reference and title of what a comparison can take up: priorities in force, products that wait."""
    rows = [
        (row.ref, f"{row.title}, {row.unit}")
        for row in direction.current_priorities(actor=actor).select_related("unit").order_by("position")
    ]
    waiting = [each.product for each in waiting_products(actor=actor)]
    return rows + [(row.ref, row.title) for row in waiting if row.product_type not in ABOUT_PERSONS]


def candidates_of(named: Sequence[str], *, actor: Actor) -> tuple[list[Candidate], list[Label]]:
    """Return candidates with their figures and labels: a reference of a priority or product, or a problem in words.

    Raises:
        TaskingError: If a product is about a person.
        RecordNotFound: If a reference is not one that the actor may see.
    """
    found: list[Candidate] = []
    labels: list[Label] = []
    for key, name in zip(_LETTERS, [n.strip() for n in named if n.strip()], strict=False):
        if name.upper().startswith("PR-"):
            priority = direction.priority(name, actor=actor)
            figures, parts = _recorded(priority, actor=actor)
            found.append(Candidate(key, "priority", priority.title, priority.ref, figures))
            labels += [priority.label, *parts]
        elif name.upper().startswith("P-"):
            product = analysis.product(name, actor=actor)
            if product.product_type in ABOUT_PERSONS:
                raise TaskingError("candidates", f"{product.ref} is about persons; compare problems only.")
            made = analysis.recommendations_of(product, actor=actor)
            prevented = [[r.harm_low, r.harm_high] for r in made if r.harm_low is not None]
            figures = {"prevented": prevented, "hours": sum(r.hours for r in made)}
            found.append(Candidate(key, "product", product.title, product.ref, figures))
            labels += [product.label, *(r.label for r in made)]
        else:
            found.append(Candidate(key, "problem", name))
    return found, labels


def _recorded(row: Priority, *, actor: Actor) -> tuple[dict[str, Any], list[Label]]:
    """Return incidents and harm of the last twelve recorded months on a priority, with the labels beneath them."""
    if not row.crime_types:
        return {}, []
    rows = Incident.objects.seen_by(actor).filter(crime_type__in=row.crime_types)
    unit = Unit.objects.get(pk=row.unit_id)
    if unit.parent_id is not None:
        rows = rows.filter(unit__in=_beneath(unit.pk))
    last = rows.aggregate(last=Max("starts_at"))["last"]
    if last is None:
        return {}, []
    rows = rows.filter(starts_at__gte=last.replace(year=last.year - 1, day=1)).order_by()
    counts = dict(rows.values("crime_type").annotate(n=Count("pk")).values_list("crime_type", "n"))
    weights = reference.harm_table().weights
    harm = sum(n * weights.value(code).days for code, n in counts.items() if code in weights)
    labels = [
        Label(Level(level), frozenset(UUID(str(c)) for c in cells), row.owner_unit_id, frozenset(to), control)
        for level, cells, to, control in rows.values_list(*_LABEL).distinct()
    ]
    return {"incidents": sum(counts.values()), "harm_days": harm, "until": f"{last:%Y-%m}"}, labels


def _beneath(key: UUID) -> list[UUID]:
    found, level = [key], [key]
    while level := list(Unit.objects.filter(parent__in=level).values_list("pk", flat=True)):
        found += level
    return found
