"""The base of every table that holds police data."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotAmendable
from openilp.safeguards.gate import AmbientGate, Gate
from openilp.safeguards.labels import Label, Level, State


@dataclass(frozen=True)
class ThreadLink:
    """A line of the golden thread that a row draws when it is recorded.

    `source` and `target` name foreign keys of the row, or `self`; the arrow points the way that evidence flows.
    """

    source: str
    target: str
    kind: str


def _today() -> date:
    return timezone.localdate()


class Identified(models.Model):
    """A row with a random key made in Python; tables with a reference set `ref_prefix`."""

    ref_prefix: ClassVar[str] = ""
    thread_links: ClassVar[tuple[ThreadLink, ...]] = ()
    amendable: ClassVar[tuple[str, ...]] = ()
    #: Foreign keys to what a row is about: where that is sensitive, so is the row.
    sensitive_with: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        "safeguards.User", on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects: ClassVar[Gate] = Gate()
    behind_keys: ClassVar[AmbientGate] = AmbientGate()

    class Meta:
        abstract = True
        base_manager_name = "behind_keys"
        default_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: rows are recorded through `objects.record` and amended through `amend`."""
        raise NotAmendable(str(self._meta.object_name), ())

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: rows leave by the erasure service only."""
        raise NotAmendable(str(self._meta.object_name), ())


class ProtectedRecord(Identified):
    """A row of police data: labelled, with purpose, legal basis and review date, under row-level security.

    A model says which columns may be `amendable`; everything else stays as it was recorded. `parent` names the
    foreign key to the row that this one is a part of: its label is taken from there.
    """

    parent: ClassVar[str] = ""
    amendable: ClassVar[tuple[str, ...]] = ("state",)
    #: A further condition beside the label, over the claims and the row's own columns; `only_for` says the same.
    policy_only: ClassVar[str] = ""

    level = models.SmallIntegerField(choices=[(int(v), v.name.lower()) for v in Level])
    compartments = ArrayField(models.UUIDField(), default=list, blank=True)
    owner_unit = models.ForeignKey("safeguards.Unit", on_delete=models.PROTECT, related_name="+")
    releasable_to = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    originator_control = models.BooleanField(default=False)
    state = models.CharField(max_length=16, default=State.NORMAL, choices=[(v.value, v.value) for v in State])
    purpose = models.ForeignKey("safeguards.Matter", on_delete=models.PROTECT, related_name="+")
    legal_basis = models.CharField(max_length=64)
    recorded_on = models.DateField(default=_today, editable=False)
    review_on = models.DateField()

    class Meta(Identified.Meta):
        abstract = True

    @staticmethod
    def only_for(actor: Actor) -> models.Q:
        """Return what `policy_only` says, for the gate; by default nothing beside the label."""
        return models.Q()

    @property
    def label(self) -> Label:
        """Return the label of this row."""
        return Label(
            level=Level(self.level),
            compartments=frozenset(UUID(str(c)) for c in self.compartments),
            owner_unit=self.owner_unit_id,
            releasable_to=frozenset(self.releasable_to),
            originator_control=self.originator_control,
            state=State(self.state),
        )


class ReferencedRecord(ProtectedRecord):
    """A protected row that people name: it carries a short random reference."""

    ref = models.CharField(max_length=16, unique=True, editable=False)

    class Meta(ProtectedRecord.Meta):
        abstract = True

    def __str__(self) -> str:
        """Return the reference."""
        return self.ref
