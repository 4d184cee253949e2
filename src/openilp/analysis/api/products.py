"""Assessments, products and editions over HTTP."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from openilp.analysis import selectors, services
from openilp.analysis.models import Citation, Product
from openilp.collection.models import Item
from openilp.direction import selectors as direction
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.schemas import Created, Lawful, Marked, Rows, created

router = Router(tags=["analysis"])
READERS = services.READERS
ROOT = "/api/v1/analysis"


class EvidenceIn(Schema):
    """An item for or against a judgement."""

    item: str
    supports: bool


class AssessmentIn(Lawful):
    """A judgement in words of the yardstick, confidence apart."""

    text: str
    probability_term: str
    confidence: str
    confidence_reason: str
    alternatives: str = ""
    yardstick: str = "phia"
    evidence: list[EvidenceIn] = []
    requirement: str = ""
    supersedes: str = ""


class AssessmentOut(Marked):
    """A judgement in a list."""

    text: str
    yardstick: str
    probability_term: str
    confidence: str
    confidence_reason: str
    alternatives: str


class ProductIn(Lawful):
    """A product to start, with its terms of reference."""

    product_type: str
    title: str
    question: str
    asker: str
    limits: str = ""
    requirement: str = ""
    priority: str = ""


class ProductOut(Marked):
    """A product in a list."""

    product_type: str
    title: str
    terms: str
    revision: int


class ProductWholeOut(ProductOut):
    """A product with its blocks and what is flagged in them."""

    body: list[dict[str, Any]]
    citations: list[dict[str, str]]
    flags: list[dict[str, str]]


class DraftIn(Schema):
    """The blocks of a draft, on the revision that they were made from."""

    revision: int
    title: str
    blocks: list[dict[str, Any]]


class CiteIn(Schema):
    """The items to cite."""

    items: list[str]


class RecommendationIn(Schema):
    """A proposed measure."""

    text: str
    strand: str
    effect: str
    hours: int
    money: Decimal
    harm_low: float | None = None
    harm_high: float | None = None
    risk: str = ""
    law: str = ""


class FinishIn(Schema):
    """The revision to freeze, and the answers to the questions about bias and rights."""

    revision: int
    rights_check: dict[str, str]


class EditionOut(Marked):
    """An edition in a list."""

    number: int
    title: str
    sha256: str


class SavedOut(Schema):
    """A saved draft: its new revision, and what is flagged."""

    ref: str
    revision: int


@router.get("/assessments", response=Rows[AssessmentOut])
@opens("analysis.api_assessments", roles=READERS)
def list_assessments(request: ActorRequest, after: str = "", size: int = 50) -> Rows[AssessmentOut]:
    """List the standing judgements that the caller may see, newest first."""
    return Rows[AssessmentOut].of(page(selectors.assessments(actor=request.actor), after=after, size=size))


@router.post("/assessments", response={201: Created})
@opens("analysis.api_record_assessment", roles=READERS)
def record_assessment(request: ActorRequest, payload: AssessmentIn) -> Status[Created]:
    """Record a judgement with its evidence."""
    actor = request.actor
    found = {row.ref: row for row in _items([each.item for each in payload.evidence], actor)}
    new = services.NewAssessment(
        text=payload.text,
        probability_term=payload.probability_term,
        confidence=payload.confidence,
        confidence_reason=payload.confidence_reason,
        alternatives=payload.alternatives,
        yardstick=payload.yardstick,
    )
    row = services.record_assessment(
        actor=actor,
        new=new,
        evidence=[
            services.Weighed(found[each.item.upper()], supports=each.supports) for each in payload.evidence
        ],
        requirement=direction.requirement(payload.requirement, actor=actor) if payload.requirement else None,
        supersedes=selectors.assessment(payload.supersedes, actor=actor) if payload.supersedes else None,
        **payload.lawful(),
    )
    return Status(201, created(row, f"{ROOT}/assessments/{row.ref}"))


@router.get("/assessments/{ref}", response=AssessmentOut)
@opens("analysis.api_assessment", roles=READERS)
def get_assessment(request: ActorRequest, ref: str) -> Any:
    """Return a judgement."""
    return selectors.assessment(ref, actor=request.actor)


@router.get("/products", response=Rows[ProductOut])
@opens("analysis.api_products", roles=READERS)
def list_products(request: ActorRequest, after: str = "", size: int = 50) -> Rows[ProductOut]:
    """List the products that the caller may see, newest first."""
    return Rows[ProductOut].of(page(selectors.products(actor=request.actor), after=after, size=size))


@router.post("/products", response={201: Created})
@opens("analysis.api_start_product", roles=READERS)
def start_product(request: ActorRequest, payload: ProductIn) -> Status[Created]:
    """Start a product on its template."""
    actor = request.actor
    row = services.start_product(
        actor=actor,
        product_type=payload.product_type,
        title=payload.title,
        terms=services.Terms(payload.question, _user(payload.asker), payload.limits),
        requirement=direction.requirement(payload.requirement, actor=actor) if payload.requirement else None,
        priority=direction.priority(payload.priority, actor=actor) if payload.priority else None,
        **payload.lawful(),
    )
    return Status(201, created(row, f"{ROOT}/products/{row.ref}"))


@router.get("/products/{ref}", response=ProductWholeOut)
@opens("analysis.api_product", roles=READERS)
def get_product(request: ActorRequest, ref: str) -> Any:
    """Return a product with its blocks, citations and flags."""
    row = selectors.product(ref, actor=request.actor)
    citations = selectors.citations_of(row, actor=request.actor)
    row.citations = [_cited(each) for each in citations if each.item]  # type: ignore[attr-defined]
    row.flags = [  # type: ignore[attr-defined]
        {"block": flag.block, "code": flag.code, "detail": flag.detail}
        for flag in selectors.flags_of(row, citations, actor=request.actor)
    ]
    return row


@router.put("/products/{ref}", response=SavedOut)
@opens("analysis.api_save_product", roles=READERS)
def save_product(request: ActorRequest, ref: str, payload: DraftIn) -> Product:
    """Save a draft; a revision that is no longer the newest is refused."""
    return services.save_product(
        actor=request.actor,
        product=selectors.product(ref, actor=request.actor),
        revision=payload.revision,
        title=payload.title,
        blocks=payload.blocks,
    )


@router.post("/products/{ref}/citations", response={201: list[Created]})
@opens("analysis.api_cite_items", roles=READERS)
def cite_items(request: ActorRequest, ref: str, payload: CiteIn) -> Status[list[Created]]:
    """Cite items in the very grade that they have now."""
    actor = request.actor
    rows = services.cite_items(
        actor=actor, product=selectors.product(ref, actor=actor), items=_items(payload.items, actor)
    )
    return Status(201, [created(row) for row in rows])


@router.delete("/products/{ref}/citations/{key}", response={200: Created})
@opens("analysis.api_remove_citation", roles=READERS)
def remove_citation(request: ActorRequest, ref: str, key: UUID) -> Created:
    """Take a citation out of a draft."""
    product = selectors.product(ref, actor=request.actor)
    return created(
        services.remove_citation(
            actor=request.actor, citation=selectors.citation(product, key, actor=request.actor)
        )
    )


@router.post("/products/{ref}/recommendations", response={201: Created})
@opens("analysis.api_recommend", roles=READERS)
def recommend(request: ActorRequest, ref: str, payload: RecommendationIn) -> Status[Created]:
    """Propose a measure."""
    row = services.recommend(
        actor=request.actor,
        product=selectors.product(ref, actor=request.actor),
        new=services.NewRecommendation(**payload.dict()),
    )
    return Status(201, created(row))


@router.delete("/products/{ref}/recommendations/{number}", response={200: Created})
@opens("analysis.api_remove_recommendation", roles=READERS)
def remove_recommendation(request: ActorRequest, ref: str, number: int) -> Created:
    """Take a recommendation out of a draft."""
    product = selectors.product(ref, actor=request.actor)
    row = selectors.recommendation(product, number, actor=request.actor)
    return created(services.remove_recommendation(actor=request.actor, recommendation=row))


@router.post("/products/{ref}/editions", response={201: Created})
@opens("analysis.api_finish_product", roles=READERS)
def finish_product(request: ActorRequest, ref: str, payload: FinishIn) -> Status[Created]:
    """Freeze a product as an edition."""
    row = services.finish_product(
        actor=request.actor,
        product=selectors.product(ref, actor=request.actor),
        revision=payload.revision,
        rights_check=payload.rights_check,
    )
    return Status(201, created(row, f"/api/v1/dissemination/editions/{row.ref}"))


def _items(refs: list[str], actor: Actor) -> list[Item]:
    wanted = [ref.strip().upper() for ref in refs]
    found = {row.ref: row for row in Item.objects.seen_by(actor).filter(ref__in=wanted)}
    for ref in wanted:
        if ref not in found:
            raise RecordNotFound(ref)
    return list(found.values())


def _user(username: str) -> User:
    found = User.objects.filter(username=username.lower(), is_active=True).first()
    if found is None:
        raise RecordNotFound(username)
    return found


def _cited(citation: Citation) -> dict[str, str]:
    return {
        "id": str(citation.pk),
        "item": citation.item.ref if citation.item else "",
        "evaluation": citation.evaluation.ref if citation.evaluation else "",
    }
