"""What the functions of the database need to know of the tables, as one value: written from models and handlings."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models

from openilp import reference
from openilp.reference import Period
from openilp.safeguards.postgres.tables import TableClass, managed_models, table_class
from openilp.safeguards.retention import clocks, handling

_ERASABLE = (TableClass.LABELLED, TableClass.THROUGH)


def erasable() -> list[type[models.Model]]:
    """Return the tables whose rows can be erased: protected records and what is seen through them."""
    own = {"threadedge", "tombstone"}
    return [m for m in managed_models() if table_class(m) in _ERASABLE and m._meta.model_name not in own]


def beside() -> list[type[models.Model]]:
    """Return the tables whose rows hang on a record of any kind by `kind` and `record_id`."""
    return [m for m in apps.get_models() if getattr(m, "beside", False)]


def reaches() -> list[type[models.Model]]:
    """Return every table that the role behind the door has to touch."""
    return [*erasable(), *beside(), apps.get_model("safeguards", "Tombstone")]


def described() -> dict[str, Any]:
    """Return tables by kind, keys between them, clocks, texts that quote, and files."""
    models_of = {str(m._meta.model_name): m for m in erasable()}
    told = handling.handlings()
    return {
        "tables": {kind: m._meta.db_table for kind, m in sorted(models_of.items())},
        "labelled": sorted(k for k, m in models_of.items() if table_class(m) is TableClass.LABELLED),
        "superseding": sorted(
            k for k, m in models_of.items() if any(f.name == "supersedes" for f in m._meta.fields)
        ),
        "named": sorted(k for k, m in models_of.items() if any(f.name == "ref" for f in m._meta.fields)),
        "kept": {kind: each.default_rule for kind, each in handling.kept().items()},
        "rules": _rules(),
        "grace": clocks.GRACE_DAYS,
        "keys": [key for kind in sorted(models_of) for key in _keys(models_of[kind], models_of)],
        "through": _through(models_of),
        "beside": sorted(m._meta.db_table for m in beside()),
        "frozen": {kind: _frozen_columns(each) for kind, each in told.items() if each.frozen},
        "readable": {
            kind: sorted({*_frozen_columns(each), *each.reads, *_file(each), *_ref(models_of[kind])})
            for kind, each in told.items()
            if each.frozen or each.reads or each.file_column
        },
        "tells": {kind: _told(models_of[kind], each.tells) for kind, each in told.items() if each.tells},
        "files": {kind: each.file_column for kind, each in told.items() if each.file_column},
    }


def _told(model: Any, column: str) -> dict[str, str]:
    """Return where the account stands that was given a copy, and the key to the record that it was given."""
    key = model._meta.get_field(model.parent)
    return {"account": column, "column": str(key.column), "parent": str(key.related_model._meta.model_name)}


def _rules() -> dict[str, dict[str, Any]]:
    """Return of every retention rule the days of restriction, the time between reviews, and the hard stop."""
    return {
        rule.code: {
            "grace": clocks.grace(rule),
            "repeat": _interval(rule.repeat),
            "stop": _interval(rule.hard_stop),
        }
        for rule in reference.catalogue().retention.get("retention-rules", None).values
    }


def _interval(period: Period | None) -> str | None:
    if period is None:
        return None
    return f"{period.years} years {period.months} months {period.days} days"


def _ref(model: type[models.Model]) -> Iterable[str]:
    return ["ref"] if any(f.name == "ref" for f in model._meta.fields) else []


def _file(each: handling.Handling) -> Iterable[str]:
    return [each.file_column] if each.file_column else []


def _frozen_columns(each: handling.Handling) -> list[str]:
    return [column for f in each.frozen for column in (f.column, f.digest_column) if column]


def _keys(model: type[models.Model], models_of: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the foreign keys of a table to others that can be erased, with what happens then."""
    kind = str(model._meta.model_name)
    told = handling.handlings().get(kind)
    found = []
    for field in model._meta.fields:
        if not field.is_relation or not isinstance(field.related_model, type):
            continue
        parent = str(field.related_model._meta.model_name)
        if parent not in models_of:
            continue
        is_part = getattr(model, "parent", "") == field.name
        wish = told.when_gone.get(field.name) if told else None
        key: dict[str, Any] = {"child": kind, "column": field.column, "parent": parent, "part": is_part}
        if wish == "erase" or (wish is None and (is_part or not field.null)):
            key["assign"] = None
        else:
            values = wish if isinstance(wish, dict) else {}
            key["assign"] = ", ".join(
                [f'"{field.column}" = NULL', *(f"\"{name}\" = '{value}'" for name, value in values.items())]
            )
        found.append(key)
    return found


def _through(models_of: dict[str, Any]) -> list[dict[str, str]]:
    """Return what exists only as long as a part of it does: an entity as long as it has a statement."""
    found = []
    for kind, model in sorted(models_of.items()):
        if name := getattr(model, "visible_through", None):
            child = model._meta.get_field(name).field
            part = str(child.model._meta.model_name)
            found.append({"kind": kind, "part": part, "column": str(child.column)})
    return found
