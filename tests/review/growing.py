"""Rows of any kind, valid by their column types, with whatever they hang on: for tests that must cover every table."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from openilp.collation.models import Entity, Statement
from openilp.safeguards.models import Matter, Unit, User
from openilp.safeguards.records import Identified, ProtectedRecord
from tests.factories import World, lawful

_WORDS = {"category": "CON", "language": "en", "result": "achieved", "verdict": "accept", "property": "name"}


def grow(model: type[Identified], *, actor: Any, world: World, **given: Any) -> Any:
    """Record a row of a model, with every row that its parent and its thread links name."""
    if model is Entity:
        return _entity(actor, world, **given)
    named = {link.source for link in model.thread_links} | {link.target for link in model.thread_links}
    values = dict(given)
    for field in model._meta.fields:
        if field.name in values or field.name in _KEPT or isinstance(field, models.GeneratedField):
            continue
        if field.is_relation:
            if not field.null or field.name in named or field.name == getattr(model, "parent", ""):
                values[field.name] = _related(field, actor, world)
        elif not field.null and not field.has_default():
            values[field.name] = _value(field)
    lawfulness = lawful() if issubclass(model, ProtectedRecord) else {}
    return model.objects.record(actor=actor, **lawfulness, **values)


_KEPT = frozenset(
    {
        "id",
        "ref",
        "created_at",
        "created_by",
        "purpose",
        "legal_basis",
        "review_on",
        "recorded_on",
        "owner_unit",
    }
    | {"level", "compartments", "releasable_to", "originator_control", "state"}
)


def _entity(actor: Any, world: World, **given: Any) -> Any:
    made = Entity.objects.record(actor=actor, kind=given.get("kind", "person"))
    grow(Statement, actor=actor, world=world, entity=made)
    return made


def _related(field: Any, actor: Any, world: World) -> Any:
    target = field.related_model
    if target is User:
        return User.objects.get(pk=actor.user_id)
    if target is Unit:
        return world.region
    if target is Matter:
        return world.desk
    others = {field.name: None} if target is field.model else {}
    return grow(target, actor=actor, world=world, **others)


def _value(field: Any) -> Any:
    today = timezone.localdate()
    match field:
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return today + timedelta(days=30)
        case models.JSONField():
            return {}
        case models.BooleanField():
            return False
        case models.DecimalField():
            return Decimal(1)
        case models.IntegerField() | models.FloatField():
            return 1
        case ArrayField():
            return []
        case models.UUIDField():
            return uuid4()
        case models.BinaryField():
            return b"0123456789abcdef"
        case _:
            return _WORDS.get(field.name, "words")[: field.max_length or None]
