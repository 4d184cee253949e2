"""Questions about snapshots, runs and assessments."""

from typing import Any

from django.db.models import Exists, OuterRef

from openilp.analysis.models import Assessment, AssessmentEvidence, MethodRun, Snapshot
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound


def snapshots(*, actor: Actor) -> Any:
    """Return the snapshots that the actor may see."""
    return Snapshot.objects.seen_by(actor)


def snapshot(ref: str, *, actor: Actor) -> Snapshot:
    """Return a snapshot by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Snapshot = _one(snapshots(actor=actor), ref)
    return found


def runs(*, actor: Actor) -> Any:
    """Return the method runs that the actor may see, whose snapshot they may see too."""
    return MethodRun.objects.seen_by(actor).filter(
        Exists(Snapshot.objects.seen_by(actor).filter(pk=OuterRef("snapshot_id")))
    )


def run(ref: str, *, actor: Actor) -> MethodRun:
    """Return a method run by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: MethodRun = _one(runs(actor=actor), ref)
    return found


def assessments(*, actor: Actor, include_superseded: bool = False) -> Any:
    """Return the assessments that the actor may see, by default the standing ones."""
    seen = Assessment.objects.seen_by(actor)
    if include_superseded:
        return seen
    newer = Assessment.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return seen.filter(~Exists(newer))


def assessment(ref: str, *, actor: Actor) -> Assessment:
    """Return an assessment by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Assessment = _one(assessments(actor=actor, include_superseded=True), ref)
    return found


def successor_of(row: Assessment, *, actor: Actor) -> Assessment | None:
    """Return the assessment that supersedes another, if the actor may see one."""
    found: Assessment | None = Assessment.objects.seen_by(actor).filter(supersedes=row).first()
    return found


def evidence_of(row: Assessment, *, actor: Actor) -> list[AssessmentEvidence]:
    """Return the evidence of an assessment, what supports it first, with item and grade at hand."""
    found = AssessmentEvidence.objects.seen_by(actor).filter(assessment=row)
    return list(found.select_related("item", "evaluation").order_by("-supports", "created_at", "pk"))


def _one(rows: Any, ref: str) -> Any:
    found = rows.filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found
