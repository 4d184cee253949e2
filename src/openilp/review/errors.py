"""What can go wrong when results are looked at."""

from datetime import date

from openilp.safeguards.errors import Conflict, InvalidInput


class ReviewError(InvalidInput):
    """Say which field of an outcome, analysis or lesson cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class PeriodsOverlap(ReviewError):
    """Say that before and after are not apart or not in order."""

    def __init__(self, before_until: date, after_from: date) -> None:
        self.before_until, self.after_from = before_until, after_from
        super().__init__(
            "after_from", f"The time after begins on {after_from}, before {before_until} ends; move it."
        )


class NothingToCompare(ReviewError):
    """Say that the incidents do not allow a comparison."""

    def __init__(self, why: str) -> None:
        super().__init__("before_from", f"{why} Choose other months, another unit or other crime types.")


class OutcomeExists(Conflict):
    """Say that a task has its outcome."""

    def __init__(self, task: str, outcome: str) -> None:
        self.task, self.outcome = task, outcome
        super().__init__(f"Task {task} has outcome {outcome}; correct that one with a reason.")


class OutcomeSuperseded(Conflict):
    """Say that an outcome was corrected already."""

    def __init__(self, outcome: str, by: str) -> None:
        self.outcome, self.by = outcome, by
        super().__init__(f"Outcome {outcome} was corrected by {by}; correct that one.")
