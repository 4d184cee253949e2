"""Writing a product: start, save, cite, recommend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from openilp import reference
from openilp.analysis import rules, selectors
from openilp.analysis.errors import AnalysisError, EditConflict, NotEvaluated
from openilp.analysis.models import (
    Assessment,
    Citation,
    CitationRemoval,
    Contribution,
    MethodRun,
    Product,
    Recommendation,
    RecommendationRemoval,
)
from openilp.analysis.services.snapshots import TAKERS
from openilp.collection.models import Item
from openilp.direction.models import Priority, Requirement
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound, StaleRecord
from openilp.safeguards.labels import Label, joined
from openilp.safeguards.models import User
from openilp.safeguards.roles import MANAGERS, Role

AUTHORS = TAKERS | {Role.INTELLIGENCE_OFFICER}


@dataclass(frozen=True)
class Terms:
    """Terms of reference: what is asked, by whom, and where the work ends."""

    question: str
    asker: User
    limits: str = ""

    def text(self) -> str:
        """Return question and limits as one text."""
        return "\n\n".join(part.strip() for part in (self.question, self.limits) if part.strip())


@dataclass(frozen=True)
class NewRecommendation:
    """A proposed measure, with what it is expected to bring and to cost."""

    text: str
    strand: str
    effect: str
    hours: int
    money: Decimal
    harm_low: float | None = None
    harm_high: float | None = None
    risk: str = ""
    law: str = ""


@action("analysis.start_product", roles=AUTHORS)
def start_product(
    *,
    actor: Actor,
    product_type: str,
    title: str,
    terms: Terms,
    requirement: Requirement | None = None,
    priority: Priority | None = None,
    legal_basis: str,
    label: Label | None = None,
    review_on: date | None = None,
) -> Product:
    """Open a product on its template, for a question that somebody asked."""
    lawful: dict[str, Any] = {"legal_basis": legal_basis}
    if review_on is not None:
        lawful["review_on"] = review_on
    return _open_draft(actor, product_type, title, terms, requirement, priority, label=label, **lawful)


@action("analysis.commission_product", roles=MANAGERS)
def commission_product(
    *, actor: Actor, product_type: str, title: str, question: str, requirement: Requirement
) -> Product:
    """Open the draft of a product that managers want, for the requirement that asks for it; authors write it."""
    asker = User.objects.get(pk=actor.user_id)
    lawful: dict[str, Any] = {"legal_basis": requirement.legal_basis, "review_on": requirement.review_on}
    return _open_draft(actor, product_type, title, Terms(question, asker), requirement, None, **lawful)


def _open_draft(
    actor: Actor,
    product_type: str,
    title: str,
    terms: Terms,
    requirement: Requirement | None,
    priority: Priority | None,
    *,
    label: Label | None = None,
    **lawful: Any,
) -> Product:
    for field, value in (("title", title), ("question", terms.question)):
        if not value.strip():
            raise AnalysisError(field, f"{field} is empty; a product answers a question that somebody asked.")
    labels = [label or actor.label()] + [row.label for row in (requirement, priority) if row is not None]
    row: Product = Product.objects.record(
        actor=actor,
        product_type=product_type,
        title=title.strip(),
        terms=terms.text(),
        asker=terms.asker,
        requirement=requirement,
        priority=priority or _priority_of(requirement, actor),
        body=rules.new_body(product_type),
        label=joined(labels),
        **lawful,
    )
    return row


def _priority_of(requirement: Requirement | None, actor: Actor) -> Priority | None:
    if requirement is None or requirement.priority_id is None:
        return None
    found: Priority | None = Priority.objects.seen_by(actor).filter(pk=requirement.priority_id).first()
    return found


@action("analysis.save_product", roles=AUTHORS)
def save_product(
    *, actor: Actor, product: Product, revision: int, title: str, blocks: Sequence[Mapping[str, Any]]
) -> Product:
    """Save a draft; when somebody saved in between, nothing is overwritten and both texts are shown.

    References of items in the text, runs and assessments in the blocks become citations.
    """
    body = rules.checked(blocks)
    if not title.strip():
        raise AnalysisError("title", "The product has no title; say what it is about.")
    if revision != product.revision:
        raise EditConflict(product.ref, yours=revision, theirs=product.revision)
    try:
        Product.objects.seen_by(actor).filter(pk=product.pk, revision=revision).amend(
            title=title.strip()[:160], body=body, revision=revision + 1
        )
    except StaleRecord as error:
        raise EditConflict(product.ref, yours=revision, theirs=revision + 1) from error
    saved: Product = Product.objects.seen_by(actor).get(pk=product.pk)
    _contribute(saved, actor)
    _cite_what_is_used(saved, body, actor)
    return saved


def _contribute(product: Product, actor: Actor) -> None:
    """Keep once that the actor is an author of a draft, and in whose place."""
    hands = selectors.hands_in(product, actor=actor) if actor.on_behalf_of else set()
    if actor.user_id not in selectors.authors_of(product, actor=actor) or (
        actor.on_behalf_of and actor.on_behalf_of not in hands
    ):
        Contribution.objects.record(actor=actor, product=product)


def _cite_what_is_used(product: Product, body: list[rules.Block], actor: Actor) -> None:
    standing = selectors.citations_of(product, actor=actor)
    cited = {c.item_id or c.run_id or c.assessment_id for c in standing}
    refs = [ref for block in body if block["kind"] == "text" for ref in rules.references_in(block["text"])]
    items = list(Item.objects.seen_by(actor).filter(ref__in=refs).exclude(pk__in=cited))
    grades = current_evaluations(items, actor=actor)
    rows: list[dict[str, Any]] = [
        {"item": item, "evaluation": grades[item.pk]} for item in items if item.pk in grades
    ]
    rows += [{"run": _used(MethodRun, block["run"], actor)} for block in body if block["kind"] == "run"]
    rows += [
        {"assessment": _used(Assessment, block["assessment"], actor)}
        for block in body
        if block["kind"] == "assessment"
    ]
    fresh = [row for row in rows if next(iter(row.values())).pk not in cited]
    used = {row.pk for each in rows for row in each.values()}
    dropped = [c for c in standing if c.item_id is None and (c.run_id or c.assessment_id) not in used]
    CitationRemoval.objects.record_many(actor=actor, rows=[{"citation": c} for c in dropped])
    _cite(product, fresh, actor)


def _used(model: Any, key: str, actor: Actor) -> Any:
    row = model.objects.seen_by(actor).filter(ref=key).first()
    if row is None:
        raise RecordNotFound(key)
    return row


def _cite(product: Product, rows: Sequence[dict[str, Any]], actor: Actor) -> list[Citation]:
    if not rows:
        return []
    label = joined([product.label, *(part.label for row in rows for part in row.values())])
    raised = raise_label(product, label, actor)
    made: list[Citation] = Citation.objects.record_many(
        actor=actor, rows=[{"product": raised, **row} for row in rows]
    )
    return made


def raise_label(product: Product, label: Label, actor: Actor) -> Product:
    """Give a product and what hangs on it the stricter of two labels; no label is ever lowered here."""
    wanted = replace(product.label.join(label), owner_unit=product.owner_unit_id)
    if wanted == product.label:
        return product
    columns = {
        "level": int(wanted.level),
        "compartments": sorted(wanted.compartments),
        "releasable_to": sorted(wanted.releasable_to),
        "originator_control": wanted.originator_control,
    }
    for model in (Citation, Recommendation, Contribution):
        children = model.objects.seen_by(actor).filter(product=product)
        if held := children.count():
            children.amend(expect=held, **columns)
    Product.objects.seen_by(actor).filter(pk=product.pk).amend(**columns)
    raised: Product = Product.objects.seen_by(actor).get(pk=product.pk)
    return raised


@action("analysis.cite_items", roles=AUTHORS)
def cite_items(*, actor: Actor, product: Product, items: Sequence[Item]) -> list[Citation]:
    """Cite items, each in the very grade that it has now; an older citation of the item is replaced."""
    grades = current_evaluations(items, actor=actor)
    for item in items:
        if item.pk not in grades:
            raise NotEvaluated(item.ref)
    older = {c.item_id: c for c in selectors.citations_of(product, actor=actor) if c.item_id}
    chosen = [
        item
        for item in {item.pk: item for item in items}.values()
        if item.pk not in older or older[item.pk].evaluation_id != grades[item.pk].pk
    ]
    stale = [older[item.pk] for item in chosen if item.pk in older]
    _contribute(product, actor)
    CitationRemoval.objects.record_many(actor=actor, rows=[{"citation": citation} for citation in stale])
    return _cite(product, [{"item": item, "evaluation": grades[item.pk]} for item in chosen], actor)


@action("analysis.remove_citation", roles=AUTHORS)
def remove_citation(*, actor: Actor, citation: Citation) -> CitationRemoval:
    """Take a citation out of a draft; that it was there stays on record."""
    _contribute(citation.product, actor)
    row: CitationRemoval = CitationRemoval.objects.record(actor=actor, citation=citation)
    return row


@action("analysis.recommend", roles=AUTHORS)
def recommend(*, actor: Actor, product: Product, new: NewRecommendation) -> Recommendation:
    """Propose a measure with effect, cost, risk and law, so that a meeting can answer it."""
    _check_recommendation(new)
    _contribute(product, actor)
    numbers = Recommendation.objects.seen_by(actor).filter(product=product).values_list("number", flat=True)
    row: Recommendation = Recommendation.objects.record(
        actor=actor,
        product=product,
        number=max(numbers, default=0) + 1,
        text=new.text.strip(),
        strand=new.strand,
        effect=new.effect.strip(),
        harm_low=new.harm_low,
        harm_high=new.harm_high,
        hours=new.hours,
        money=new.money,
        risk=new.risk.strip(),
        law=new.law.strip(),
    )
    return row


def _check_recommendation(new: NewRecommendation) -> None:
    for field, value in (("text", new.text), ("effect", new.effect)):
        if not value.strip():
            raise AnalysisError(field, f"{field} is empty; a meeting cannot answer what it does not say.")
    try:
        reference.vocabulary("response-strands").require(new.strand)
    except reference.UnknownCode as error:
        raise AnalysisError("strand", str(error)) from error
    if new.hours < 0 or new.money < 0:
        raise AnalysisError(
            "hours" if new.hours < 0 else "money", "Hours and money cannot be negative; give 0 or more."
        )
    if (new.harm_low is None) != (new.harm_high is None):
        raise AnalysisError("harm_high", "The interval of harm prevented has one end; give both, or neither.")
    if new.harm_low is not None and new.harm_high is not None and new.harm_low > new.harm_high:
        raise AnalysisError(
            "harm_high", f"The interval {new.harm_low:g} to {new.harm_high:g} is reversed; swap its ends."
        )


@action("analysis.remove_recommendation", roles=AUTHORS)
def remove_recommendation(*, actor: Actor, recommendation: Recommendation) -> RecommendationRemoval:
    """Take a recommendation out of a draft; editions that hold it keep it."""
    _contribute(recommendation.product, actor)
    row: RecommendationRemoval = RecommendationRemoval.objects.record(
        actor=actor, recommendation=recommendation
    )
    return row
