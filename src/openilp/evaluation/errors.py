"""What can go wrong in evaluation."""

from openilp.safeguards.errors import Conflict, InvalidInput


class EvaluationError(InvalidInput):
    """Say what is wrong with something given to this room, by field."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class UnknownGrade(EvaluationError):
    """Say that a grade, a handling code or a scheme is not in the reference data."""


class ReasonMissing(EvaluationError):
    """Say that a step needs its reason in words."""

    def __init__(self, field: str, what: str) -> None:
        self.what = what
        super().__init__(field, f"{what} needs a reason; write one sentence that a court could read.")


class NotYourGrade(Conflict):
    """Say that the grade that was meant to be replaced is not the one that stands."""

    def __init__(self, item: str) -> None:
        self.item = item
        super().__init__(
            f"Item {item} was graded by somebody else meanwhile; read that grade, then grade again if you differ."
        )


class AlreadyDone(Conflict):
    """Say that a step that happens once has happened."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what}; nothing was changed.")


class NotUrgent(Conflict):
    """Say that only a report of high urgency is acknowledged."""

    def __init__(self, report: str) -> None:
        self.report = report
        super().__init__(
            f"Report {report} is not of high urgency, so there is nothing to acknowledge; grade it."
        )
