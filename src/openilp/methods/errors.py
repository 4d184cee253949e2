"""What can go wrong in a method, as a tree of exceptions whose facts are attributes too."""


class MethodError(ValueError):
    """The root: a method cannot give an honest answer to what it was asked."""


class BadValue(MethodError):
    """A value lies outside what the method accepts."""

    def __init__(self, name: str, value: object, remedy: str) -> None:
        self.name, self.value, self.remedy = name, value, remedy
        super().__init__(f"{name} is {value}; {remedy}.")


class LengthMismatch(MethodError):
    """Columns that belong together differ in length."""

    def __init__(self, lengths: dict[str, int]) -> None:
        self.lengths = lengths
        described = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        super().__init__(f"The columns differ in length: {described}; give one value per row in each.")


class TooFew(MethodError):
    """There is not enough data for the question."""

    def __init__(self, what: str, n: int, needed: int) -> None:
        self.what, self.n, self.needed = what, n, needed
        super().__init__(f"There are {n} {what}; the method needs at least {needed}. Widen the selection.")


class TooCoarse(MethodError):
    """The data carry less detail than the question asks for."""

    def __init__(self, question: str, resolution: str, needed: str) -> None:
        self.question, self.resolution, self.needed = question, resolution, needed
        super().__init__(
            f"{question} needs times to the {needed}, but these data carry only the {resolution}; "
            f"use data with a recorded {needed}, or ask a question by {resolution}."
        )


class TooLarge(MethodError):
    """The request would need more memory or time than the method allows itself."""

    def __init__(self, what: str, n: int, limit: int, remedy: str) -> None:
        self.what, self.n, self.limit, self.remedy = what, n, limit, remedy
        super().__init__(f"{n:,} {what} exceed the limit of {limit:,}; {remedy}.")


class NoPlan(MethodError):
    """The duties of a plan cannot all be met within its limits."""

    def __init__(self, shortfalls: tuple[str, ...]) -> None:
        self.shortfalls = shortfalls
        named = "; ".join(shortfalls) or "the limits contradict each other"
        super().__init__(
            f"No plan meets every duty: {named}. Add hours, money or eligible units, or lower the duty."
        )


class GapHasEvents(MethodError):
    """A month declared as a gap holds events."""

    def __init__(self, month: str, n: int) -> None:
        self.month, self.n = month, n
        super().__init__(
            f"{month} is declared as a gap but holds {n} events; "
            "remove it from the gaps, or remove its events when the delivery was partial."
        )


class UnknownNode(MethodError):
    """A node is not part of the network."""

    def __init__(self, node: str) -> None:
        self.node = node
        super().__init__(f"Node {node!r} is not in this network; choose one of its nodes.")


class UnknownType(MethodError):
    """A category has no entry in the table that was given."""

    def __init__(self, kind: str, code: str, known: tuple[str, ...]) -> None:
        self.kind, self.code, self.known = kind, code, known
        super().__init__(f"{kind} {code!r} is not known; use one of {', '.join(known)}.")


class NoTerm(MethodError):
    """A probability falls between two terms of a yardstick."""

    def __init__(self, probability: float, scheme: str, below: str, above: str) -> None:
        self.probability, self.scheme, self.below, self.above = probability, scheme, below, above
        super().__init__(
            f"Probability {probability:g} lies between {below!r} and {above!r} of scheme {scheme!r}; "
            "the scheme has no word for it: choose one of the two and say why."
        )


class NotSettled(MethodError):
    """A fit runs to its last step without an answer."""

    def __init__(self, fit: str, steps: int, remedy: str) -> None:
        self.fit, self.steps, self.remedy = fit, steps, remedy
        super().__init__(f"The {fit} did not settle within {steps} steps; {remedy}.")


class UnknownColumn(MethodError):
    """A table has no column of that name."""

    def __init__(self, column: str, source: str, known: tuple[str, ...]) -> None:
        self.column, self.source, self.known = column, source, known
        super().__init__(f"{source} has no column {column!r}; choose one of {', '.join(known)}.")


class BadRows(MethodError):
    """Rows of a table hold what the method cannot read."""

    def __init__(self, column: str, rows: tuple[int, ...], named: str, value: object, remedy: str) -> None:
        self.column, self.rows, self.value, self.remedy = column, rows, value, remedy
        super().__init__(f"{column} of {named} is {value!r}; {remedy}.")


class UnreadableFile(MethodError):
    """A file is not what its ending says, or of a kind that no method reads."""

    def __init__(self, path: object, reason: str, remedy: str) -> None:
        self.path, self.reason, self.remedy = path, reason, remedy
        super().__init__(f"{path} {reason}; {remedy}.")


class NotInMetres(MethodError):
    """Coordinates cannot be measured in metres as they are given."""

    def __init__(self, found: str, remedy: str) -> None:
        self.found, self.remedy = found, remedy
        super().__init__(f"{found}; {remedy}.")
