"""What can go wrong at the source desk."""

from datetime import datetime

from openilp.safeguards.errors import Conflict, InvalidInput, SafeguardError


class CorridorError(InvalidInput):
    """Say which field cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class SealBroken(SafeguardError):
    """Say that something sealed was changed, moved or sealed with another key."""

    def __init__(self, bound_to: str) -> None:
        self.bound_to = bound_to
        super().__init__(
            f"The seal on {bound_to} does not open: the row was changed or moved, or the corridor's keys are others;"
            " put the keys of this installation back."
        )


class SourceErased(Conflict):
    """Say that the keys of a source were destroyed."""

    def __init__(self) -> None:
        super().__init__("This source was erased; its keys are destroyed and nothing of it can be read.")


class NamesTheSource(CorridorError):
    """Say that words of the source's identity stand in what is to cross; which ones it does not say."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            "items",
            f"The text holds {count} word(s) of the source's identity; write it so that nothing points back.",
        )


class AlreadyJudged(Conflict):
    """Say that a draft was judged, or a crossing taken in, before."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what}; nothing was changed.")


class NotYours(Conflict):
    """Say that somebody else must do this."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} is for another person to do; whoever made it cannot.")


class SourceEnded(Conflict):
    """Say that the work with a source has ended."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"The work with {ref} has ended; register the person anew before you go on.")


class StillSealed(Conflict):
    """Say that an identity stays sealed: nobody asked, somebody has not approved, or the time is over."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The identity stays sealed: {why}.")


class SameChain(Conflict):
    """Say that both approvals come from one chain of command, or from one person."""

    def __init__(self) -> None:
        super().__init__(
            "Both approvals come from one chain or one person; a source controller and, from outside the source desk,"
            " the chair or the data protection officer must approve."
        )


class WindowOver(StillSealed):
    """Say that the time for which an identity was open has ended."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(f"it was open until {until:%Y-%m-%d %H:%M}; ask for a new unlock")
