"""Sources and all that is known of them, sealed; and the hatch through which sanitised words pass.

No key leads from here to the rest of the agency's data or back: accounts are named by their ids only.
"""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from openilp.corridor.gate import AmbientCorridorGate, CorridorGate
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import Role

_INTELLIGENCE = (Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE)
_OUTSIDERS = (Role.CHAIR, Role.DATA_PROTECTION_OFFICER)


class Apart(models.Model):
    """A row of the corridor's schema: recorded once, seen under row security, its columns kept as recorded."""

    #: Kept out of the other schema's rules; the corridor writes its own.
    is_apart: ClassVar[bool] = True
    ref_prefix: ClassVar[str] = ""
    thread_links: ClassVar[tuple[Any, ...]] = ()
    amendable: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by_id = models.UUIDField(editable=False)

    objects: ClassVar[CorridorGate] = CorridorGate()
    behind_keys: ClassVar[AmbientCorridorGate] = AmbientCorridorGate()

    class Meta:
        abstract = True
        base_manager_name = "behind_keys"
        default_manager_name = "objects"


class Source(Apart):
    """A person who gives information in confidence; what says who it is lies sealed elsewhere."""

    ref_prefix = "SO"
    amendable = ("handler_id", "co_handler_id", "controller_id", "ended_on", "profile", "erased_on")

    ref = models.CharField(max_length=16, unique=True, editable=False)
    handler_id = models.UUIDField()
    co_handler_id = models.UUIDField(null=True)
    controller_id = models.UUIDField()
    profile = models.BinaryField(help_text="code name, access, motive, reliability in words; sealed")
    review_on = models.DateField()
    ended_on = models.DateField(null=True)
    erased_on = models.DateField(null=True)

    class Meta(Apart.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(handler_id=models.F("controller_id")),
                name="source_handler_is_not_its_controller",
            )
        ]

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which sources an actor may know of: those that it handles or controls."""
        me = actor.user_id
        return Q(handler_id=me) | Q(co_handler_id=me) | Q(controller_id=me)


class OfSource(Apart):
    """A row about one source, seen where the source is."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")

    class Meta(Apart.Meta):
        abstract = True

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which rows an actor may see: those of its sources."""
        return Exists(Source.objects.seen_by(actor).filter(pk=OuterRef("source_id")))


class Contact(OfSource):
    """A contact or meeting with a source."""

    sealed = models.BinaryField(help_text="when, where, who was there, what was said, what was arranged")


class RiskAssessment(OfSource):
    """What endangers a source and those around it, and what is done about it, in words; the newest counts."""

    sealed = models.BinaryField(help_text="hazards and measures")
    review_on = models.DateField()


class Handover(OfSource):
    """That a source passed from one handler to another."""

    from_id = models.UUIDField()
    to_id = models.UUIDField()
    sealed = models.BinaryField(help_text="why")


class Draft(OfSource):
    """A sanitised report before it crosses; its pseudonym is sealed and found by a blind index only."""

    ref_prefix = "SD"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    sealed = models.BinaryField()
    pseudonym_index = models.BinaryField(max_length=32, unique=True)


class Judgement(OfSource):
    """A controller's word on a draft: passed on, or sent back."""

    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="+")
    is_passed = models.BooleanField()
    sealed = models.BinaryField(help_text="the note")


class Crossing(Apart):
    """A sanitised report in the hatch. Nothing here says whose it is: it names no source and no draft."""

    pseudonym = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=160)
    items = models.JSONField(default=list)
    language = models.CharField(max_length=8)
    urgency = models.CharField(max_length=8)
    observed_on = models.DateField(null=True, help_text="the day only")
    standing = models.CharField(max_length=16, help_text="coarse word on the source")
    passed_on = models.DateField()
    answers_id = models.UUIDField(null=True, help_text="the tasking request that it answers")

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which crossings an actor may see: the intelligence side all, controllers their own."""
        if actor.has_role(*_INTELLIGENCE):
            return Q()
        return Q(created_by_id=actor.user_id)


class TakenIn(Apart):
    """That the intelligence side has recorded a crossing as a report."""

    crossing = models.OneToOneField(Crossing, on_delete=models.PROTECT, related_name="taken")

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which marks an actor may see: those of its crossings."""
        return Exists(Crossing.objects.seen_by(actor).filter(pk=OuterRef("crossing_id")))


class TaskingRequest(Apart):
    """A question, or a word about a report, from the intelligence side; without an analyst's notes."""

    ref_prefix = "SQ"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    kind = models.CharField(max_length=16)
    text = models.CharField(max_length=600)
    pseudonym = models.CharField(max_length=16, blank=True)
    due_on = models.DateField(null=True)

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which requests an actor may see: own ones, as controller all, as handler those passed on."""
        mine = Q(created_by_id=actor.user_id)
        if actor.has_role(Role.SOURCE_CONTROLLER):
            return Q()
        if actor.has_role(Role.SOURCE_HANDLER):
            return mine | Exists(Tasking.objects.seen_by(actor).filter(request_id=OuterRef("pk")))
        return mine


class Tasking(OfSource):
    """That a controller passed a request on to the handler of a source."""

    request = models.ForeignKey(TaskingRequest, on_delete=models.PROTECT, related_name="+")

    class Meta(OfSource.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "request"], name="tasked_once")
        ]


class Unlock(Apart):
    """A request to see who a source is; two people of different chains approve it."""

    ref_prefix = "SU"

    ref = models.CharField(max_length=16, unique=True, editable=False)
    source_id = models.UUIDField()
    sealed = models.BinaryField(help_text="why")
    hours = models.PositiveSmallIntegerField()
    approvals = ArrayField(
        models.UUIDField(), size=2, help_text="of the handling chain, of the independent one"
    )

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which requests an actor may see: own ones, and those that its role may approve."""
        if actor.has_role(Role.SOURCE_CONTROLLER, *_OUTSIDERS):
            return Q()
        return Q(created_by_id=actor.user_id)


class Window(Apart):
    """The time for which an identity is open to whoever asked."""

    unlock = models.OneToOneField(Unlock, on_delete=models.PROTECT, related_name="+")
    source_id = models.UUIDField()
    until = models.DateTimeField()

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which windows an actor may see: its own."""
        return Q(created_by_id=actor.user_id)


class Identity(Apart):
    """Who a source is; readable only through a living window, in the database too."""

    amendable = ("sealed",)

    source_id = models.UUIDField(unique=True)
    sealed = models.BinaryField()

    @staticmethod
    def gate_rule(actor: Actor) -> Any:
        """Return which identities an actor may see: those of its living windows."""
        living = Window.objects.seen_by(actor).filter(until__gt=timezone.now())
        return Exists(living.filter(source_id=OuterRef("source_id")))


def tables() -> list[type[Apart]]:
    """Return every table of the corridor."""
    return [
        Source, Contact, RiskAssessment, Handover, Draft, Judgement, Crossing, TakenIn, TaskingRequest, Tasking,
        Unlock, Window, Identity,
    ]  # fmt: skip


def bound(kind: str, source: UUID, row: UUID) -> str:
    """Return what the seal of a row is bound to."""
    return f"{kind}/{source}/{row}"
