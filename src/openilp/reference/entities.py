"""Types of entities, what may be stated of them, and how they may be linked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openilp.reference.fields import Fields
from openilp.reference.shelf import Shelf
from openilp.reference.values import Head, Value, Vocabulary, read_values

ANY = "any"


class Datatype(StrEnum):
    """What the value of a statement looks like."""

    TEXT = "text"
    NAME = "name"
    IDENTIFIER = "identifier"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    POINT = "point"
    COUNTRY = "country"


@dataclass(frozen=True)
class EntityProperty(Value):
    """Hold one property that a statement can claim of an entity.

    Attributes:
        datatype: What its value looks like.
        many: Whether an entity can truly have several at the same time.
    """

    datatype: Datatype
    many: bool


@dataclass(frozen=True)
class EntityType(Value):
    """Hold one type of entity.

    Attributes:
        properties: Codes of the properties that may be stated of it, the most telling first.
        names: Those of them that an entity of this type is called by.
        is_person: Whether an entity of this type is a natural person.
    """

    properties: tuple[str, ...]
    names: tuple[str, ...]
    is_person: bool


@dataclass(frozen=True)
class LinkType(Value):
    """Hold one type of link between two entities; the label reads from the first to the second.

    Attributes:
        reverse_label: The same read from the second to the first.
        from_types: Entity types that may stand at the first end.
        to_types: Entity types that may stand at the second end.
        symmetric: Whether the direction means nothing.
    """

    reverse_label: str
    from_types: tuple[str, ...]
    to_types: tuple[str, ...]
    symmetric: bool

    def may_join(self, from_type: str, to_type: str) -> bool:
        """Tell whether the link may run from an entity of one type to one of another."""
        forward = from_type in self.from_types and to_type in self.to_types
        return forward or (self.symmetric and to_type in self.from_types and from_type in self.to_types)


def read_properties(fields: Fields, head: Head) -> Vocabulary[EntityProperty]:
    """Read a list of entity properties."""

    def entity_property(row: Fields, value: Value) -> EntityProperty:
        return EntityProperty(
            **vars(value), datatype=row.choice("datatype", Datatype), many=row.flag("many", default=True)
        )

    return read_values(fields, head, entity_property)


def read_entity_types(
    fields: Fields, head: Head, properties: Shelf[Vocabulary[EntityProperty]]
) -> Vocabulary[EntityType]:
    """Read a list of entity types.

    Raises:
        InvalidReferenceFile: If a type names a property that does not exist.
    """
    known = {code for each in properties.everything() for code in each.codes}

    def entity_type(row: Fields, value: Value) -> EntityType:
        listed, names = row.texts("properties"), row.texts("names")
        if unknown := [code for code in listed if code not in known]:
            raise row.refuse("properties", f"there is no entity property {', '.join(unknown)}")
        if unknown := [code for code in names if code not in listed]:
            raise row.refuse("names", f"{', '.join(unknown)} is not among the properties of this type")
        return EntityType(
            **vars(value), properties=listed, names=names, is_person=row.flag("is_person", default=False)
        )

    return read_values(fields, head, entity_type)


def read_link_types(fields: Fields, head: Head, types: Shelf[Vocabulary[EntityType]]) -> Vocabulary[LinkType]:
    """Read a list of link types; an end `[any]` stands for every entity type.

    Raises:
        InvalidReferenceFile: If a type names an entity type that does not exist.
    """
    known = tuple(dict.fromkeys(code for each in types.everything() for code in each.codes))

    def ends(row: Fields, key: str) -> tuple[str, ...]:
        listed = row.texts(key)
        if listed == (ANY,):
            return known
        if unknown := [code for code in listed if code not in known]:
            raise row.refuse(
                key, f"there is no entity type {', '.join(unknown)}; use one of {', '.join(known)}"
            )
        return listed

    def link_type(row: Fields, value: Value) -> LinkType:
        symmetric = row.flag("symmetric", default=False)
        return LinkType(
            **vars(value),
            reverse_label=value.label if symmetric else row.text("reverse_label"),
            from_types=ends(row, "from"),
            to_types=ends(row, "to"),
            symmetric=symmetric,
        )

    return read_values(fields, head, link_type)
