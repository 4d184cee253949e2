"""What can go wrong when decisions are taken and carried out."""

from collections.abc import Sequence
from datetime import date

from openilp.safeguards.errors import Conflict, InvalidInput, NotPermitted


class TaskingError(InvalidInput):
    """Say which field of a meeting, decision, operation or task cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NoChoice(TaskingError):
    """Say that a decision lacks something to choose from."""

    def __init__(self) -> None:
        super().__init__(
            "options",
            "A decision needs at least two options, doing nothing among them; add what else was weighed.",
        )


class UnknownOption(TaskingError):
    """Say that the chosen option is none of those on the table."""

    def __init__(self, chosen: str, options: list[str]) -> None:
        self.chosen, self.options = chosen, options
        super().__init__(
            "chosen", f"Option '{chosen}' is not on the table; choose one of {', '.join(options)}."
        )


class Unanswered(TaskingError):
    """Say that one of the three questions of law was left open."""

    def __init__(self, field: str, question: str) -> None:
        super().__init__(field, f"“{question}” is not answered; a decision says it in words.")


class NotTheChair(NotPermitted):
    """Say that only the chair of this meeting does this."""

    def __init__(self, action: str, chair: str) -> None:
        self.chair = chair
        super().__init__(action, [f"the chair of this meeting, {chair}"])


class NotTheOwner(NotPermitted):
    """Say that only the owner of a task does this."""

    def __init__(self, action: str, owner: str) -> None:
        self.owner = owner
        super().__init__(action, [f"the owner of this task, {owner}"])


class MeetingNotOpen(Conflict):
    """Say that a meeting has not begun or is over."""

    def __init__(self, ref: str, state: str) -> None:
        self.ref, self.state = ref, state
        super().__init__(f"Meeting {ref} {state}; open it first, or take an emergency decision.")


class QuorumMissing(Conflict):
    """Say that too few members with a vote are present."""

    def __init__(self, present: int, quorum: int) -> None:
        self.present, self.quorum = present, quorum
        super().__init__(
            f"{present} of {quorum} members with a vote are present; mark who is there, or adjourn the meeting."
        )


class EvidenceChanged(Conflict):
    """Say that the evidence is not any more what the meeting was shown when it was opened."""

    field = "knowing"

    def __init__(self, changes: Sequence[str], token: str) -> None:
        self.changes, self.token = tuple(changes), token
        super().__init__(
            f"Since the meeting was opened this has changed: {' '.join(changes)} Read it, and decide knowingly: "
            f"send 'knowing' as '{token}'."
        )


class AlreadyAnswered(Conflict):
    """Say that a recommendation has its answer."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"Recommendation {ref} is answered; a new edition may recommend again.")


class AlreadyDone(Conflict):
    """Say that something ended before."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} is over; nothing can be added to it.")


class BeforeItBegan(TaskingError):
    """Say that a period ends before it begins."""

    def __init__(self, field: str, starts_on: date, ends_on: date) -> None:
        self.starts_on, self.ends_on = starts_on, ends_on
        super().__init__(field, f"{ends_on} lies before {starts_on}; choose a later day.")


class OwnerCannotSee(TaskingError):
    """Say that somebody may not see what is handed over."""

    def __init__(self, who: str) -> None:
        self.who = who
        super().__init__(
            "owner",
            f"{who} may not see this operation; admit the person to its matter, or choose somebody else.",
        )
