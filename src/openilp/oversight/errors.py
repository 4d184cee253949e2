"""What can go wrong at the desks of data protection and oversight."""

from openilp.safeguards.errors import Conflict, InvalidInput


class OversightError(InvalidInput):
    """Say which field of a review, request or breach cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class OversightConflict(Conflict):
    """Say that the state of a review, request or breach forbids it now."""
