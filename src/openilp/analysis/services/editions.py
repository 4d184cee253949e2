"""Finishing a product: everything that it shows and rests on is frozen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openilp import reference
from openilp.analysis import blueprints, registry, rules, selectors, snapshot_files
from openilp.analysis.canonical import digest
from openilp.analysis.errors import EditConflict, NotReady
from openilp.analysis.figures import svg_of
from openilp.analysis.models import Assessment, Citation, Edition, MethodRun, Product, Recommendation
from openilp.analysis.services.products import AUTHORS
from openilp.analysis.tables import finding, said, table_of
from openilp.evaluation import necessity
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import StaleRecord
from openilp.safeguards.gate import related
from openilp.safeguards.labels import Label, joined
from openilp.safeguards.models import Unit
from openilp.safeguards.people import actor_for

#: Version of the form of `content`; a reader of an old edition looks here.
SCHEMA = 1


@action("analysis.finish_product", roles=AUTHORS)
def finish_product(
    *, actor: Actor, product: Product, revision: int, rights_check: Mapping[str, str]
) -> Edition:
    """Freeze a product with figures, assessments and citations written out; the label is the join of all parts."""
    if revision != product.revision:
        raise EditConflict(product.ref, yours=revision, theirs=product.revision)
    citations = selectors.citations_of(product, actor=actor)
    if reasons := selectors.hindrances(product, citations, rights_check, actor=actor):
        raise NotReady(reasons)
    _close_draft(product, actor)
    recommendations = selectors.recommendations_of(product, actor=actor)
    answers = {q.code: rights_check[q.code].strip() for q in blueprints.RIGHTS_QUESTIONS}
    number = 1 + len(selectors.editions_of(product, actor=actor))
    content = _content(product, citations, recommendations, answers, number, actor)
    row: Edition = Edition.objects.record(
        actor=actor,
        product=product,
        number=number,
        title=product.title,
        content=content,
        sha256=digest(content),
        rights_check=answers,
        label=replace(_label(product, citations), owner_unit=product.owner_unit_id),
    )
    _tell_askers(row, product, actor)
    return row


def _tell_askers(edition: Edition, product: Product, actor: Actor) -> None:
    """Tell who asked that the answer is finished, as far as they may know of it."""
    requirement = related(product, "requirement")
    page = (
        ("direction:requirement", requirement.ref) if requirement else ("dissemination:edition", edition.ref)
    )
    notices.notify(
        actor=actor,
        recipients=[
            user.pk
            for user in selectors.askers_of(product, actor=actor)
            if user.pk != actor.user_id and actor_for(user).may_see(edition.label)
        ],
        kind="answer_finished",
        ref=edition.ref,
        url=reverse(page[0], args=[page[1]]),
    )


def _close_draft(product: Product, actor: Actor) -> None:
    """Count the revision on, so that of two who finish or save at once only one succeeds."""
    try:
        Product.objects.seen_by(actor).filter(pk=product.pk, revision=product.revision).amend(
            revision=product.revision + 1
        )
    except StaleRecord as error:
        raise EditConflict(product.ref, yours=product.revision, theirs=product.revision + 1) from error


def _label(product: Product, citations: list[Citation]) -> Label:
    parts = [product.label]
    for citation in citations:
        parts.append(citation.label)
        parts += [
            part.label
            for part in (citation.item, citation.evaluation, citation.run, citation.assessment)
            if part is not None
        ]
    return joined(parts)


def _content(
    product: Product,
    citations: list[Citation],
    recommendations: list[Recommendation],
    answers: Mapping[str, str],
    number: int,
    actor: Actor,
) -> dict[str, Any]:
    flags = selectors.flags_of(product, citations, actor=actor)
    runs = {c.run.ref: c.run for c in citations if c.run}
    stated = {c.assessment.ref: c.assessment for c in citations if c.assessment}
    unit = Unit.objects.filter(pk=actor.unit_id).values_list("name", flat=True).first()
    questions = {question.code: str(question.text) for question in blueprints.RIGHTS_QUESTIONS}
    return {
        "schema": SCHEMA,
        "product": product.ref,
        "product_type": product.product_type,
        "type_label": reference.vocabulary("product-types").value(product.product_type).label,
        "title": product.title,
        "number": number,
        "terms": product.terms,
        "asker": str(product.asker),
        "author": actor.name,
        "unit": unit or "",
        "finished_on": timezone.localdate().isoformat(),
        "language": actor.language,
        "blocks": [_block(block, runs, stated, flags, actor) for block in product.body],
        "citations": _citations(citations, actor),
        "recommendations": [_recommendation(each) for each in recommendations],
        "rights_check": [{"question": questions[code], "answer": answer} for code, answer in answers.items()],
        "flags": [{"block": f.block, "code": f.code, "detail": f.detail} for f in flags],
    }


def _block(
    block: rules.Block,
    runs: Mapping[str, MethodRun],
    stated: Mapping[str, Assessment],
    flags: list[rules.Flag],
    actor: Actor,
) -> dict[str, Any]:
    frozen = {key: block[key] for key in ("id", "kind", "section", "heading", "text")}
    frozen["is_unsupported"] = any(flag.block == block["id"] and flag.code != "not_cited" for flag in flags)
    if block["kind"] == "run":
        frozen["figure"] = figure(runs[block["run"]])
    if block["kind"] == "assessment":
        frozen["assessment"] = written_out(stated[block["assessment"]], actor=actor)
    return frozen


def figure(run: MethodRun) -> dict[str, Any]:
    """Return a method run as a picture with its twin table, finding, n, method and cautions."""
    table = table_of(run.result, most=12)
    harm = run.result.get("harm")
    return {
        "ref": run.ref,
        "title": str(registry.method(run.method).title),
        "finding": finding(run.result),
        "svg": svg_of(run.result, boundaries_of(run)),
        "heads": list(table.heads),
        "rows": [list(row) for row in table.rows],
        "rows_in_all": table.total,
        "n": run.result["n"],
        "left_out": run.result["left_out"],
        "method": said(run.result["method"]),
        "cautions": [run.caution, *(said(caution) for caution in run.result["cautions"])],
        "weights": f"{harm['title']}, version {harm['version']} ({harm['source']})" if harm else "",
        "digest": run.digest,
    }


def boundaries_of(run: MethodRun) -> dict[str, Any]:
    """Return the districts that were frozen with the run's snapshot."""
    snapshot = related(run, "snapshot")
    if snapshot is None or snapshot.kind != "incidents":
        return {}
    found: dict[str, Any] = snapshot_files.facts(snapshot.sha256).get("boundaries", {})
    return found


def written_out(row: Assessment, *, actor: Actor) -> dict[str, Any]:
    """Return an assessment in words: term with its range, confidence with its reason, evidence with grades."""
    term = next(t for t in reference.probability_terms(row.yardstick) if t.code == row.probability_term)
    return {
        "ref": row.ref,
        "text": row.text,
        "term": term.label,
        "low": term.low,
        "high": term.high,
        "range": f"{term.low * 100:.0f}–{term.high * 100:.0f} %",
        "confidence": reference.vocabulary("confidence").value(row.confidence).label,
        "confidence_reason": row.confidence_reason,
        "alternatives": row.alternatives,
        "evidence": [
            {"ref": e.item.ref, "supports": e.supports, "grade": grade_of(e.evaluation)}
            for e in selectors.evidence_of(row, actor=actor)
        ],
    }


def grade_of(evaluation: Any) -> str:
    """Return a grade as it is written: `B/2, H1`."""
    return f"{evaluation.source_grade}/{evaluation.information_grade}, {evaluation.handling}"


def _citations(citations: list[Citation], actor: Actor) -> list[dict[str, Any]]:
    """Return the quoted items; special words that no second person approved are struck."""
    quoted = [(citation, citation.item) for citation in citations if citation.item]
    allowed = necessity.allowed([item for _row, item in quoted], actor=actor)
    return [_citation(n, c, allowed[item.pk]) for n, (c, item) in enumerate(quoted, start=1)]


def _citation(number: int, citation: Citation, allowed: frozenset[str]) -> dict[str, Any]:
    item, evaluation = citation.item, citation.evaluation
    if item is None or evaluation is None:
        raise NotReady([_("A cited item is out of your reach: take it out.")])
    return {
        "number": number,
        "ref": item.ref,
        "text": reference.special_struck(item.text, allowed),
        "kind": item.kind,
        "evaluation": evaluation.ref,
        "scheme": evaluation.scheme,
        "scheme_version": evaluation.scheme_version,
        "grade": grade_of(evaluation),
        "handling": evaluation.handling,
        "graded_on": timezone.localdate(evaluation.created_at).isoformat(),
    }


def _recommendation(row: Recommendation) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "number": row.number,
        "text": row.text,
        "strand": row.strand,
        "effect": row.effect,
        "hours": row.hours,
        "money": f"{row.money:.2f}",
        "harm_low": row.harm_low,
        "harm_high": row.harm_high,
        "risk": row.risk,
        "law": row.law,
    }
