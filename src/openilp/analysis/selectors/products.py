"""Questions about products, their citations and editions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from openilp import reference
from openilp.analysis import rules
from openilp.analysis.models import (
    AssessmentEvidence,
    Citation,
    CitationRemoval,
    Contribution,
    Edition,
    Product,
    Recommendation,
    RecommendationRemoval,
)
from openilp.evaluation import necessity
from openilp.evaluation.models import Dispute, DisputeSettlement, Evaluation
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards import gate
from openilp.safeguards.actor import Actor
from openilp.safeguards.approvals import stood_in_for
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.people import colleagues


@dataclass(frozen=True)
class StaleCitation:
    """A citation that no longer stands as it was made, and why: superseded, disputed, false or withheld."""

    citation: Citation
    reason: str
    current: Evaluation | None


def products(*, actor: Actor) -> Any:
    """Return the products that the actor may see."""
    return Product.objects.seen_by(actor)


def unfinished_products(*, actor: Actor) -> Any:
    """Return the products without an edition."""
    return products(actor=actor).filter(
        ~Exists(Edition.objects.seen_by(actor).filter(product=OuterRef("pk")))
    )


def product(ref: str, *, actor: Actor) -> Product:
    """Return a product by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Product | None = products(actor=actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def citations_of(row: Product, *, actor: Actor) -> list[Citation]:
    """Return what a product rests on now, in the order of citing, with item and grade at hand."""
    gone = CitationRemoval.objects.seen_by(actor).filter(citation=OuterRef("pk"))
    found = Citation.objects.seen_by(actor).filter(~Exists(gone), product=row)
    ordered = found.select_related("item", "evaluation", "run", "assessment").order_by("created_at", "pk")
    return list({(row.item_id, row.run_id, row.assessment_id): row for row in ordered}.values())


def citation(row: Product, key: UUID, *, actor: Actor) -> Citation:
    """Return a standing citation of a product by its key.

    Raises:
        RecordNotFound: If there is none.
    """
    for found in citations_of(row, actor=actor):
        if found.pk == key:
            return found
    raise RecordNotFound(str(key))


def recommendation(row: Product, number: int, *, actor: Actor) -> Recommendation:
    """Return a standing recommendation of a product by its number.

    Raises:
        RecordNotFound: If there is none.
    """
    for found in recommendations_of(row, actor=actor):
        if found.number == number:
            return found
    raise RecordNotFound(f"{row.ref}, recommendation {number}")


def recommendations_of(row: Product, *, actor: Actor) -> list[Recommendation]:
    """Return the recommendations that a product makes now, by number."""
    gone = RecommendationRemoval.objects.seen_by(actor).filter(recommendation=OuterRef("pk"))
    return list(Recommendation.objects.seen_by(actor).filter(~Exists(gone), product=row).order_by("number"))


def disputed_reports(reports: Iterable[UUID], *, actor: Actor) -> dict[UUID, Dispute]:
    """Return the open dispute of each report that has one."""
    settled = DisputeSettlement.objects.seen_by(actor).filter(dispute=OuterRef("pk"))
    found = Dispute.objects.seen_by(actor).filter(~Exists(settled), report__in=list(reports))
    return {row.report_id: row for row in found.order_by("created_at")}


def stale_citations(citations: list[Citation], *, actor: Actor) -> list[StaleCitation]:
    """Return the citations whose grade was superseded or whose report is disputed or false."""
    current = current_evaluations([c.item_id for c in citations if c.item_id], actor=actor)
    disputes = disputed_reports({c.item.report_id for c in citations if c.item}, actor=actor)
    found = []
    for citation in citations:
        if citation.item_id is None:
            continue
        newest = current.get(citation.item_id)
        dispute = disputes.get(citation.item.report_id) if citation.item else None
        if citation.item is None or citation.evaluation is None:
            found.append(StaleCitation(citation, "withheld", None))
        elif dispute is not None:
            found.append(StaleCitation(citation, "false" if dispute.is_false else "disputed", newest))
        elif newest is not None and newest.pk != citation.evaluation_id:
            found.append(StaleCitation(citation, "superseded", newest))
    return found


def authors_of(row: Product, *, actor: Actor) -> set[UUID]:
    """Return the accounts that had a hand in a product: who opened, saved, cited, recommended in or finished it.

    Whoever opened it for a question of their own has commissioned it; that alone makes no author.
    """
    found = {row.created_by_id} - {row.asker_id}
    for model in (Contribution, Recommendation, Edition):
        found |= set(model.objects.seen_by(actor).filter(product=row).values_list("created_by", flat=True))
    return found


def hands_in(row: Product, *, actor: Actor) -> set[UUID]:
    """Return the authors of a product, and those in whose place they wrote."""
    keys = {row.pk}
    for model in (Contribution, Recommendation, Edition):
        keys |= set(model.objects.seen_by(actor).filter(product=row).values_list("pk", flat=True))
    return authors_of(row, actor=actor) | stood_in_for(keys)


def askers_of(row: Product, *, actor: Actor) -> list[User]:
    """Return the open accounts that want to know: who asked for the product, and whose question it answers."""
    requirement = gate.related(row, "requirement")
    keys = {row.asker_id} | ({requirement.asker_id} if requirement else set())
    return [user for user in colleagues(actor=actor) if user.pk in keys]


def authored(*, actor: Actor) -> Any:
    """Return the products that the actor had a hand in, as `authors_of` counts it."""
    own = [
        Exists(model.objects.seen_by(actor).filter(product=OuterRef("pk"), created_by_id=actor.user_id))
        for model in (Contribution, Recommendation, Edition)
    ]
    opened = Q(created_by_id=actor.user_id) & ~Q(asker_id=actor.user_id)
    return products(actor=actor).filter(opened | own[0] | own[1] | own[2])


def flags_of(row: Product, citations: list[Citation], *, actor: Actor) -> list[rules.Flag]:
    """Return what a product says without support."""
    stated = [citation.assessment for citation in citations if citation.assessment]
    weighed = set(
        AssessmentEvidence.objects.seen_by(actor)
        .filter(assessment__in=[each.pk for each in stated])
        .values_list("assessment_id", flat=True)
    )
    return rules.flags(
        row.body,
        product_type=row.product_type,
        cited={citation.item.ref for citation in citations if citation.item},
        weighed={each.ref for each in stated if each.pk in weighed},
    )


def editions_of(row: Product, *, actor: Actor) -> list[Edition]:
    """Return the editions of a product, the newest first."""
    return list(Edition.objects.seen_by(actor).filter(product=row).order_by("-number"))


def latest_edition(row: Product, *, actor: Actor) -> Edition | None:
    """Return the newest edition of a product, if there is one."""
    found: Edition | None = Edition.objects.seen_by(actor).filter(product=row).order_by("-number").first()
    return found


def editions(*, actor: Actor) -> Any:
    """Return the editions that the actor may see."""
    return Edition.objects.seen_by(actor)


def hindrances(
    product: Product, citations: list[Citation], rights_check: Mapping[str, str], *, actor: Actor
) -> list[str]:
    """Return what still has to be done before a product may be finished, in words."""
    words = {
        "superseded": _("%s was graded anew: cite it again."),
        "disputed": _("The report of %s is disputed: take it out, or have the dispute settled."),
        "false": _("The report of %s was found false: take it out."),
        "withheld": _("A cited item is out of your reach: take it out."),
    }
    found = [
        words[stale.reason] % (stale.citation.item.ref if stale.citation.item else "")
        if "%s" in words[stale.reason]
        else words[stale.reason]
        for stale in stale_citations(citations, actor=actor)
    ]
    if not any(block["kind"] == "text" and block["text"].strip() for block in product.body):
        found.append(_("It has no text yet: write at least the first page."))
    found += _special_words(product, citations, actor=actor)
    found += [_("Answer: %s") % question for question in rules.unanswered(rights_check)]
    return found


def _special_words(product: Product, citations: list[Citation], *, actor: Actor) -> list[str]:
    """Return what the product's own words say of special categories beyond what was approved for what it cites."""
    texts = [product.title, *(f"{block['heading']} {block['text']}" for block in product.body)]
    texts += [c.assessment.text for c in citations if c.assessment]
    said = {code for text in texts for code in necessity.kinds_of(text)}
    if not said:
        return []
    allowed = necessity.allowed([c.item for c in citations if c.item], actor=actor)
    over = said - frozenset().union(*allowed.values())
    known = reference.special_categories()
    words = _(
        "Its words touch %s: have strict necessity approved on a cited item that says so, or leave the words out."
    )
    return [words % _(known.value(code).label) for code in known.codes if code in over]
