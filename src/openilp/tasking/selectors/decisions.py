"""Questions about recommendations and decisions."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from openilp.analysis.models import Edition, Product, Recommendation, RecommendationRemoval
from openilp.dissemination.models import Approval, Release
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.tasking.models import Adoption, Decision, DecisionBasis, Meeting, Ratification, Response


@dataclass(frozen=True)
class Waiting:
    """A product whose recommendations wait for an answer."""

    product: Product
    recommendations: tuple[Recommendation, ...]


def open_recommendations(*, actor: Actor) -> Any:
    """Return the recommendations of approved or released products that nobody has answered or taken back."""
    edition = Edition.objects.seen_by(actor).filter(product=OuterRef(OuterRef("product")))
    approved = Approval.objects.seen_by(actor).filter(is_approved=True, edition__in=edition.values("pk"))
    released = Release.objects.seen_by(actor).filter(edition__in=edition.values("pk"))
    answered = Response.objects.seen_by(actor).filter(recommendation=OuterRef("pk"))
    gone = RecommendationRemoval.objects.seen_by(actor).filter(recommendation=OuterRef("pk"))
    found = Recommendation.objects.seen_by(actor).filter(~Exists(answered), ~Exists(gone))
    return found.filter(Exists(approved) | Exists(released))


def waiting_products(*, actor: Actor, most: int = 50) -> list[Waiting]:
    """Return the products with open recommendations, the longest waiting first."""
    rows = open_recommendations(actor=actor).order_by("created_at", "number")[: most * 10]
    by_product: dict[Any, list[Recommendation]] = {}
    for row in rows:
        by_product.setdefault(row.product_id, []).append(row)
    products = {p.pk: p for p in Product.objects.seen_by(actor).filter(pk__in=by_product)}
    return [
        Waiting(products[key], tuple(found))
        for key, found in list(by_product.items())[:most]
        if key in products
    ]


def recommendation(ref: str, *, actor: Actor) -> Recommendation:
    """Return a recommendation by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Recommendation | None = Recommendation.objects.seen_by(actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def response_of(row: Recommendation, *, actor: Actor) -> Response | None:
    """Return the answer to a recommendation."""
    found: Response | None = Response.objects.seen_by(actor).filter(recommendation=row).first()
    return found


def decisions(*, actor: Actor) -> Any:
    """Return the decisions that the actor may see."""
    return Decision.objects.seen_by(actor)


def decision(ref: str, *, actor: Actor) -> Decision:
    """Return a decision by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Decision | None = decisions(actor=actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def to_ratify(*, actor: Actor) -> Any:
    """Return the emergency decisions that no meeting has spoken on yet."""
    spoken = Ratification.objects.seen_by(actor).filter(decision=OuterRef("pk"))
    return decisions(actor=actor).filter(~Exists(spoken), is_emergency=True)


def ratification_of(row: Decision, *, actor: Actor) -> Ratification | None:
    """Return a meeting's word on an emergency decision."""
    found: Ratification | None = Ratification.objects.seen_by(actor).filter(decision=row).first()
    return found


def ratifications_in(row: Meeting, *, actor: Actor) -> list[Ratification]:
    """Return what a meeting said on emergency decisions."""
    return list(Ratification.objects.seen_by(actor).filter(meeting=row).order_by("created_at"))


def responses_of(row: Decision, *, actor: Actor) -> list[Response]:
    """Return the answers that a decision gave."""
    found = Response.objects.seen_by(actor).filter(decision=row).select_related("recommendation")
    return list(found.order_by("created_at", "pk"))


def bases_of(row: Decision, *, actor: Actor) -> list[Edition]:
    """Return the editions that a decision rests on."""
    named = DecisionBasis.objects.seen_by(actor).filter(decision=row).values("edition")
    return list(Edition.objects.seen_by(actor).filter(pk__in=named).order_by("created_at"))


def adoptions_of(row: Decision, *, actor: Actor) -> list[Adoption]:
    """Return the priorities, requirements and products that a decision gave rise to."""
    found = Adoption.objects.seen_by(actor).filter(decision=row)
    return list(found.select_related("priority", "requirement", "product").order_by("created_at"))
