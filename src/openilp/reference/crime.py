"""Harm weights of crime types."""

from __future__ import annotations

from dataclasses import dataclass

from openilp.reference.fields import Fields
from openilp.reference.shelf import Shelf
from openilp.reference.values import Head, Value, Vocabulary, read_values


@dataclass(frozen=True)
class HarmWeight(Value):
    """Hold the harm weight of one crime type.

    Attributes:
        days: Starting sentence in days.
        provision: The provision of the penal code that the sentence stands in.
    """

    days: float
    provision: str


@dataclass(frozen=True)
class HarmTable:
    """Hold the harm weights of every crime type of one list.

    Attributes:
        crime_types: Id and version of the list of crime types.
        weights: One weight a crime type; the code is the crime type's.
    """

    crime_types: tuple[str, str]
    weights: Vocabulary[HarmWeight]

    @property
    def head(self) -> Head:
        """Return id, version, title and source."""
        return self.weights.head


def read_harm_table(fields: Fields, head: Head, types: Shelf[Vocabulary[Value]]) -> HarmTable:
    """Read a harm table.

    Raises:
        InvalidReferenceFile: If the list of crime types does not exist or a type has no weight.
    """
    named = fields.inner("crime_types")
    name, version = named.code("list"), named.text("version")
    named.close()
    if version not in types.versions(name):
        raise fields.refuse("crime_types", f"there is no list of crime types '{name}' version '{version}'")
    weights = read_values(fields, head, _weight)
    crime_types = types.get(name, version)
    if missing := [code for code in crime_types.codes if code not in weights]:
        raise fields.refuse("values", f"gives no weight to {', '.join(missing)}; every crime type needs one")
    if excess := [code for code in weights.codes if code not in crime_types]:
        raise fields.refuse(
            "values", f"weighs {', '.join(excess)}, which '{name}' does not have; remove them"
        )
    return HarmTable((name, version), weights)


def _weight(fields: Fields, value: Value) -> HarmWeight:
    return HarmWeight(
        **vars(value),
        days=fields.number("days", minimum=0, maximum=100_000),
        provision=fields.text("provision"),
    )
