"""What can go wrong in dissemination."""

from collections.abc import Sequence

from openilp.safeguards.errors import Conflict, InvalidInput


class DisseminationError(InvalidInput):
    """Say what is wrong with something given to this room, by field."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NotReleasable(Conflict):
    """Say why the gate refuses a release; `reasons` has one sentence for each bar."""

    def __init__(self, edition: str, reasons: Sequence[str]) -> None:
        self.edition, self.reasons = edition, tuple(reasons)
        super().__init__(f"Edition {edition} cannot be released: {' '.join(reasons)}")


class NotOpen(Conflict):
    """Say that an edition is a draft or was recalled, so that only those concerned read it."""

    def __init__(self, edition: str, is_recalled: bool) -> None:
        self.edition, self.is_recalled = edition, is_recalled
        why = "was recalled" if is_recalled else "is not approved"
        super().__init__(
            f"Edition {edition} {why}; only its authors, the named reviewer and the approver read it."
        )


class ReviewerCannotApprove(Conflict):
    """Say that the approval needs a third person, who has not reviewed the edition."""

    def __init__(self, edition: str) -> None:
        self.edition = edition
        super().__init__(f"You reviewed edition {edition}, so another senior colleague approves it.")


class AlreadyDone(Conflict):
    """Say that a step that happens once has happened."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what}; nothing was changed.")


class Withdrawn(Conflict):
    """Say that a release was recalled or has expired, so that nothing more is done with it."""

    def __init__(self, release: str, why: str) -> None:
        self.release, self.why = release, why
        super().__init__(f"Release {release} {why}; use nothing of it any more.")
