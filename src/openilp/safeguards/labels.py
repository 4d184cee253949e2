"""The label on every protected row, and the join of labels."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import reduce
from uuid import UUID


class Level(IntEnum):
    """How far a row may travel inside the agency."""

    OPEN = 0
    INTERNAL = 1
    RESTRICTED = 2
    CONFIDENTIAL = 3


class State(StrEnum):
    """Whether a row may be used."""

    NORMAL = "normal"
    RESTRICTED = "restricted"
    QUARANTINED = "quarantined"


_STATE_ORDER = (State.NORMAL, State.RESTRICTED, State.QUARANTINED)


@dataclass(frozen=True)
class Label:
    """Who may see a row: level, compartments (matter ids), owner, releasability and state.

    `releasable_to` names partner agencies; own staff need no entry there.
    """

    level: Level
    compartments: frozenset[UUID]
    owner_unit: UUID
    releasable_to: frozenset[str] = frozenset()
    originator_control: bool = False
    state: State = State.NORMAL

    def join(self, other: "Label") -> "Label":
        """Return the label of something made of both: highest level, all compartments, common recipients."""
        return replace(
            self,
            level=max(self.level, other.level),
            compartments=self.compartments | other.compartments,
            releasable_to=self.releasable_to & other.releasable_to,
            originator_control=self.originator_control or other.originator_control,
            state=max(self.state, other.state, key=_STATE_ORDER.index),
        )

    def covers(self, other: "Label") -> bool:
        """Tell whether this label is at least as strict as another."""
        return (
            self.level >= other.level
            and self.compartments >= other.compartments
            and self.releasable_to <= other.releasable_to
            and (self.originator_control or not other.originator_control)
        )

    def columns(self) -> dict[str, object]:
        """Return the label as column values of a `ProtectedRecord`."""
        return {
            "level": int(self.level),
            "compartments": sorted(self.compartments),
            "owner_unit_id": self.owner_unit,
            "releasable_to": sorted(self.releasable_to),
            "originator_control": self.originator_control,
            "state": str(self.state),
        }


def joined(labels: Iterable[Label]) -> Label:
    """Return the join of one or more labels.

    Raises:
        ValueError: If there is no label at all.
    """
    found = list(labels)
    if not found:
        raise ValueError("A join needs at least one label; give the labels of the parts.")
    return reduce(Label.join, found)
