"""What waits for an analyst."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from openilp.analysis.models import Assessment, Edition, Product
from openilp.collection.models import Item, Report
from openilp.direction.models import Requirement, RequirementClosure
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor


def open_requirements(*, actor: Actor) -> Any:
    """Return the requirements that are neither answered, given up nor superseded."""
    closed = RequirementClosure.objects.seen_by(actor).filter(requirement=OuterRef("pk"))
    newer = Requirement.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return Requirement.objects.seen_by(actor).filter(~Exists(closed), ~Exists(newer))


def in_tray(*, actor: Actor) -> Any:
    """Return the open requirements with items graded since the last answer, or with an unfinished product."""
    judged = Assessment.objects.seen_by(actor).filter(
        requirement=OuterRef(OuterRef(OuterRef(OuterRef("pk")))), created_at__gt=OuterRef("created_at")
    )
    written = Edition.objects.seen_by(actor).filter(
        product__requirement=OuterRef(OuterRef(OuterRef(OuterRef("pk")))),
        created_at__gt=OuterRef("created_at"),
    )
    graded = Evaluation.objects.seen_by(actor).filter(~Exists(judged), ~Exists(written), item=OuterRef("pk"))
    items = Item.objects.seen_by(actor).filter(Exists(graded), report=OuterRef("pk"))
    answering = Report.objects.seen_by(actor).filter(Exists(items), requirement=OuterRef("pk"))
    edition = Edition.objects.seen_by(actor).filter(product=OuterRef("pk"))
    writing = Product.objects.seen_by(actor).filter(~Exists(edition), requirement=OuterRef("pk"))
    return open_requirements(actor=actor).filter(Q(Exists(answering)) | Q(Exists(writing)))
