"""Questions about the items that an analyst may cite."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from openilp.analysis import registry
from openilp.analysis.models import MethodRun, Product
from openilp.analysis.selectors.products import disputed_reports
from openilp.analysis.tables import finding
from openilp.collection.models import Item, Report
from openilp.evaluation.models import Dispute, Evaluation
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards import searching
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound

_SHOWN = 30


@dataclass(frozen=True)
class Citable:
    """An item with the grade that a citation would carry, and an open dispute about its report."""

    item: Item
    evaluation: Evaluation | None
    dispute: Dispute | None


@dataclass(frozen=True)
class TitledRun:
    """A method run with its method's title and its finding in a sentence."""

    run: MethodRun
    title: str
    finding: str


def items_by_reference(refs: Iterable[str], *, actor: Actor) -> list[Item]:
    """Return items by their references, in that order.

    Raises:
        RecordNotFound: If one is not there, or not for this actor.
    """
    wanted = list(dict.fromkeys(ref.strip(" ,;").upper() for ref in refs if ref.strip(" ,;")))
    found = {row.ref: row for row in Item.objects.seen_by(actor).filter(ref__in=wanted)}
    for ref in wanted:
        if ref not in found:
            raise RecordNotFound(ref)
    return [found[ref] for ref in wanted]


def citable(product: Product, query: str, *, actor: Actor) -> list[Citable]:
    """Return items that match a query, else the newest graded ones that answer the product's requirement."""
    if query:
        items = searching.by_words(Item, actor=actor, query=query, size=_SHOWN).rows
    else:
        graded = Evaluation.objects.seen_by(actor).filter(item=OuterRef("pk"))
        rows = Item.objects.seen_by(actor).filter(Exists(graded))
        if product.requirement_id:
            answers = Report.objects.seen_by(actor).filter(
                pk=OuterRef("report_id"), requirement=product.requirement_id
            )
            rows = rows.filter(Exists(answers))
        items = list(rows.order_by("-created_at")[:_SHOWN])
    grades = current_evaluations(items, actor=actor)
    disputes = disputed_reports({item.report_id for item in items}, actor=actor)
    return [Citable(item, grades.get(item.pk), disputes.get(item.report_id)) for item in items]


def titled(runs: Sequence[MethodRun] | Any) -> list[TitledRun]:
    """Return method runs with title and finding."""
    return [TitledRun(run, str(registry.method(run.method).title), finding(run.result)) for run in runs]
