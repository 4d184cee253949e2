"""What later rooms say of an entity: the part of its page that collation cannot know by itself."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render

from openilp.analysis.models import AssessmentEvidence, Citation, CitationRemoval, Edition, Product
from openilp.collation import selectors
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.web import addresses


@dataclass(frozen=True)
class CitingProduct:
    """A product that cites what a statement or a link of the entity rests on; `n_cited` items and assessments."""

    row: Product
    url: str
    n_cited: int
    edition: Edition | None


def citing(found: selectors.About, *, actor: Actor) -> list[CitingProduct]:
    """Return the products that the actor may see and that rest on what is said of an entity, newest first."""
    rows: list[Any] = [*found.statements, *(relation.row for relation in found.relations)]
    items = {row.item_id for row in rows if row.item_id}
    if not items:
        return []
    gone = CitationRemoval.objects.seen_by(actor).filter(citation=OuterRef("pk"))
    cited = Citation.objects.seen_by(actor).filter(~Exists(gone))
    weighed = AssessmentEvidence.objects.seen_by(actor).filter(item__in=items)
    cited = cited.filter(Q(item__in=items) | Q(assessment__in=weighed.values("assessment_id")))
    on: dict[Any, set[Any]] = {}
    for product, item, assessment in cited.values_list("product_id", "item_id", "assessment_id"):
        on.setdefault(product, set()).add(item or assessment)
    editions = {
        row.product_id: row
        for row in Edition.objects.seen_by(actor).filter(product__in=list(on)).order_by("number")
    }
    return [
        CitingProduct(row, addresses.of("product", row.ref), len(on[row.pk]), editions.get(row.pk))
        for row in Product.objects.seen_by(actor).filter(pk__in=list(on)).order_by("-created_at", "-pk")
    ]


@opens("web.entity_products", roles=CONTENT)
def entity_products(request: ActorRequest, ref: str) -> HttpResponse:
    """Show the products that cite what an entity rests on."""
    actor = request.actor
    found = selectors.about(selectors.entity(ref, actor=actor), actor=actor)
    context = {
        "name": found.name,
        "products": citing(found, actor=actor),
        "page_level": found.level,
        "page_compartments": list(found.compartments),
    }
    part = (
        "web/entity_products.html" if request.headers.get("HX-Request") else "web/entity_products_page.html"
    )
    return render(request, part, context)
