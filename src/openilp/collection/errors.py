"""What can go wrong at entry."""

from openilp.safeguards.errors import InvalidInput


class CollectionError(InvalidInput):
    """Say what is wrong with something that comes in."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NoItems(CollectionError):
    """Say that a report holds nothing to grade."""

    def __init__(self) -> None:
        super().__init__("items", "The report has no item; write at least one piece of information.")


class PredicateMissing(CollectionError):
    """Say that a person is proposed as suspect without the facts for it."""

    def __init__(self, mention: str) -> None:
        self.mention = mention
        super().__init__(
            "predicate",
            f"'{mention}' is proposed as suspect; write the facts for it, or choose another category.",
        )
