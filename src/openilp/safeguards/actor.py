"""Who acts, and what for: a frozen pair of account and purpose with the reach that follows from it."""

from dataclasses import dataclass, field
from uuid import UUID

from openilp.safeguards.labels import Label, Level, State
from openilp.safeguards.roles import CONTENT, Role


@dataclass(frozen=True)
class Actor:
    """An account acting for a purpose.

    `purpose` is a matter that the account is a member of; without one a `reason` from the reference list says why
    (then only rows without compartments are in reach). `level` is -1 for roles that see no content; `partner` is
    the code of another agency whose member the account is, and empty for own staff. `on_behalf_of` is the account
    in whose place a delegate acts, never with more reach than that one has.
    """

    user_id: UUID
    name: str
    roles: frozenset[Role]
    unit_id: UUID
    level: int
    purpose: UUID | None
    reason: str = ""
    partner: str = ""
    compartments: frozenset[UUID] = frozenset()
    states: frozenset[State] = field(default_factory=lambda: frozenset({State.NORMAL}))
    language: str = "en"
    on_behalf_of: UUID | None = None

    @property
    def has_content(self) -> bool:
        """Tell whether any of the roles works with content."""
        return bool(self.roles & CONTENT)

    def has_role(self, *roles: Role) -> bool:
        """Tell whether the actor holds one of the roles."""
        return bool(self.roles & set(roles))

    def may_see(self, label: Label) -> bool:
        """Tell whether a row with this label is in reach: the rule that gate and row-level security repeat."""
        return (
            label.level <= self.level
            and label.compartments <= self.compartments
            and label.state in self.states
            and (not self.partner or self.partner in label.releasable_to)
        )

    def label(self, *, level: Level = Level.INTERNAL, compartments: frozenset[UUID] | None = None) -> Label:
        """Return the label that this actor puts on a new row by default: inside the operation that it acts for."""
        if compartments is None:
            from openilp.safeguards.compartments import own_compartment

            compartments = own_compartment(self)
        return Label(level=level, compartments=compartments, owner_unit=self.unit_id)
