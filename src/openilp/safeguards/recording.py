"""How a protected row comes into being: label, lawfulness, reference and thread in one place."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from openilp import reference
from openilp.safeguards import references, thread
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import MissingLawfulness, NoActor, PurposeNeeded
from openilp.safeguards.labels import Label
from openilp.safeguards.models.delegations import StoodIn
from openilp.safeguards.records import Identified, ProtectedRecord
from openilp.safeguards.retention import clocks

#: Days until the first review where neither the caller nor a retention rule says otherwise, and the most there may
#: be (28 CFR 23.20(h) and the LED profile: five years).
DEFAULT_REVIEW_DAYS = 1095
MAX_REVIEW_DAYS = 1827
_BATCH = 1000


def insert(
    model: type[Identified],
    actor: Actor | None,
    rows: Sequence[Mapping[str, Any]],
    *,
    leave_taken: bool = False,
) -> list[Any]:
    """Insert rows as an actor.

    Each row is given by its column values; a `label` may stand for the label columns. What is missing is taken from
    the parent row (label, purpose, legal basis, review date) or from the actor (purpose, unit). A row whose key is
    taken is an error, or left out in silence with `leave_taken`.

    Raises:
        NoActor: Without an actor.
        PurposeNeeded: If neither row, parent nor actor names a matter.
        MissingLawfulness: If the legal basis is missing, or the review date is not within five years.
    """
    if actor is None:
        raise NoActor(str(model._meta.object_name))
    made = [_build(model, actor, dict(values)) for values in rows]
    rows_of: models.QuerySet[Any] = models.QuerySet(model=model)
    rows_of.bulk_create(made, batch_size=_BATCH, ignore_conflicts=leave_taken)
    if actor.on_behalf_of:
        people = {"grantor_id": actor.on_behalf_of, "delegate_id": actor.user_id}
        StoodIn.objects.bulk_create([StoodIn(record_id=row.pk, **people) for row in made], batch_size=_BATCH)
    thread.draw(made)
    clocks.wind(model, made)
    return made


def _build(model: type[Identified], actor: Actor, values: dict[str, Any]) -> Identified:
    values.setdefault("created_by_id", actor.user_id)
    if model.ref_prefix:
        values.setdefault("ref", references.new(model.ref_prefix))
    if issubclass(model, ProtectedRecord):
        _protect(model, actor, values)
    return model(**values)


def _protect(model: type[ProtectedRecord], actor: Actor, values: dict[str, Any]) -> None:
    parent = values.get(model.parent) if model.parent else None
    label: Label | None = values.pop("label", None)
    if parent is not None:
        label = parent.label if label is None else label.join(parent.label)
        values.setdefault("purpose_id", parent.purpose_id)
        values.setdefault("legal_basis", parent.legal_basis)
        values.setdefault("review_on", parent.review_on)
    if label is None:
        label = actor.label()
    for column, value in label.columns().items():
        values.setdefault(column, value)
    if "purpose" not in values and values.get("purpose_id") is None:
        if actor.purpose is None:
            raise PurposeNeeded
        values["purpose_id"] = actor.purpose
    if parent is None or values.get("legal_basis") != parent.legal_basis:
        check_legal_basis(values.get("legal_basis") or "")
    values.setdefault("review_on", timezone.localdate() + timedelta(days=DEFAULT_REVIEW_DAYS))
    check_review_date(values["review_on"])


def check_legal_basis(code: str) -> None:
    """Check that a legal basis is one that the agency's national profile has in force today.

    Raises:
        MissingLawfulness: Otherwise; it names the bases there are.
    """
    in_force = reference.national_profile(settings.OPENILP_PROFILE).bases_on(timezone.localdate())
    if code not in in_force:
        remedy = f"choose the law that allows this record: {', '.join(in_force)}."
        raise MissingLawfulness("legal_basis", code, remedy)


def check_review_date(review_on: date) -> None:
    """Check that a review date lies ahead, at most five years away.

    Raises:
        MissingLawfulness: Otherwise.
    """
    today = timezone.localdate()
    if not today <= review_on <= today + timedelta(days=MAX_REVIEW_DAYS):
        latest = today + timedelta(days=MAX_REVIEW_DAYS)
        raise MissingLawfulness("review_on", review_on, f"choose a day from {today} to {latest}.")
