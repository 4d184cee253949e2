"""The verb on identity: a human judges whether two entities are one; every merge can be undone."""

from collections.abc import Iterable, Sequence
from datetime import date

from openilp.collation import rules, selectors
from openilp.collation.errors import (
    AlreadySuperseded,
    CollationError,
    JudgedDifferent,
    KindsDiffer,
    SameEntity,
)
from openilp.collation.models import Entity, IdentityJudgement, Statement
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import joined
from openilp.safeguards.roles import INTELLIGENCE


@action("collation.judge_identity", roles=INTELLIGENCE, operation="combination")
def judge_identity(
    *,
    actor: Actor,
    left: Entity,
    right: Entity,
    verdict: str,
    reason: str,
    evidence: Sequence[Statement] = (),
    supersedes: IdentityJudgement | None = None,
    legal_basis: str = "",
    review_on: date | None = None,
) -> IdentityJudgement:
    """Judge whether two entities are one: same, different or unsure. Nothing is moved, so it can be undone.

    The evidence is the statements that were compared, by default all that the actor sees of both; the judgement is
    as secret as the most secret of them. A later judgement of the same pair must supersede the standing one.

    Raises:
        SameEntity: If both are the same record.
        KindsDiffer: If they are of different types.
        JudgedDifferent: If they, or others already merged with them, were judged to be different.
        AlreadySuperseded: If another judgement of the pair stands than the one to be superseded.
        CollationError: If the verdict is unknown, the reason missing, or the evidence says nothing of one side.
    """
    _check(left, right, verdict, reason)
    standing = selectors.judgement_between(left, right, actor=actor)
    if standing is not None and (supersedes is None or standing.pk != supersedes.pk):
        if verdict == rules.SAME and standing.verdict == rules.DIFFERENT:
            raise JudgedDifferent(standing.ref, left.ref, right.ref)
        raise AlreadySuperseded(standing.ref)
    if supersedes is not None and standing is None:
        raise AlreadySuperseded(supersedes.ref)
    if verdict == rules.SAME:
        _refuse_contradiction(left, right, supersedes, actor=actor)
    compared = list(evidence) or selectors.statements_of([left.pk, right.pk], actor=actor)
    if {row.entity_id for row in compared} != {left.pk, right.pk}:
        raise CollationError(
            "evidence", "The evidence must hold at least one statement of each side and none of others."
        )
    parts = [row.label for row in compared]
    lawful = {"review_on": review_on} if review_on else {"review_on": min(row.review_on for row in compared)}
    if supersedes is not None:
        parts.append(supersedes.label)
        lawful["review_on"] = min(lawful["review_on"], supersedes.review_on)
    made: IdentityJudgement = IdentityJudgement.objects.record(
        actor=actor,
        left=left,
        right=right,
        verdict=verdict,
        reason=reason.strip(),
        evidence=[str(row.pk) for row in compared],
        supersedes=supersedes,
        label=joined(parts),
        legal_basis=legal_basis or compared[0].legal_basis,
        **lawful,
    )
    return made


def _check(left: Entity, right: Entity, verdict: str, reason: str) -> None:
    if left.pk == right.pk:
        raise SameEntity(left.ref)
    if verdict not in rules.VERDICTS:
        raise CollationError(
            "verdict", f"Verdict '{verdict}' is unknown; use one of {', '.join(rules.VERDICTS)}."
        )
    if verdict == rules.SAME and left.kind != right.kind:
        raise KindsDiffer(left.kind, right.kind)
    if not reason.strip():
        raise CollationError("reason", "The reason is missing; say what convinced you.")


def _refuse_contradiction(
    left: Entity, right: Entity, supersedes: IdentityJudgement | None, *, actor: Actor
) -> None:
    """Refuse a merge that would put two entities into one cluster that a standing judgement keeps apart."""
    clusters = selectors.clusters_of([left.pk, right.pk], actor=actor)
    mine, theirs = clusters[left.pk], clusters[right.pk]
    for row in selectors.judgements_about(mine, actor=actor):
        if row.verdict != rules.DIFFERENT or (supersedes is not None and row.pk == supersedes.pk):
            continue
        if _joins(row, mine, theirs):
            refs = _refs([row.left_id, row.right_id], actor=actor)
            raise JudgedDifferent(row.ref, *refs)


def _joins(row: IdentityJudgement, mine: frozenset[object], theirs: frozenset[object]) -> bool:
    ends = {row.left_id, row.right_id}
    return bool(ends & mine) and bool(ends & theirs) and ends <= mine | theirs


def _refs(ids: Iterable[object], *, actor: Actor) -> tuple[str, str]:
    known = {row.pk: row.ref for row in selectors.entities(actor=actor).filter(pk__in=list(ids))}
    first, second = (known.get(key, "?") for key in ids)
    return first, second
