"""What can go wrong when things are put together."""

from collections.abc import Iterable

from openilp.safeguards.errors import Conflict, InvalidInput


class CollationError(InvalidInput):
    """Say what is wrong with a statement, a link, an involvement or a search."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class PropertyNotAllowed(CollationError):
    """Say that nothing of this kind can be stated of an entity of this type."""

    def __init__(self, about: str, kind: str, allowed: Iterable[str]) -> None:
        self.about, self.kind, self.allowed = about, kind, tuple(allowed)
        super().__init__(
            "property",
            f"'{about}' cannot be stated of a {kind}; use one of {', '.join(self.allowed)}.",
        )


class BadStatementValue(CollationError):
    """Say that a value does not look like what its property holds."""

    def __init__(self, about: str, value: str, remedy: str) -> None:
        self.about, self.value = about, value
        super().__init__("value", f"'{value[:60]}' is no value of '{about}'; {remedy}")


class LinkNotAllowed(CollationError):
    """Say that a type of link does not run between two types of entity."""

    def __init__(self, link_type: str, source: str, target: str, allowed: Iterable[str]) -> None:
        self.link_type, self.source, self.target, self.allowed = link_type, source, target, tuple(allowed)
        super().__init__(
            "type",
            f"'{link_type}' does not run from a {source} to a {target}; "
            f"use one of {', '.join(self.allowed) or 'none: these two cannot be linked'}.",
        )


class SameEntity(CollationError):
    """Say that both ends are one entity."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__("target", f"Both ends are {ref}; choose another entity for one of them.")


class NotAPerson(CollationError):
    """Say that only a person holds a category or a marking."""

    def __init__(self, ref: str, kind: str) -> None:
        self.ref, self.kind = ref, kind
        super().__init__("person", f"{ref} is a {kind}; categories and markings belong to persons only.")


class CategoryMissing(CollationError):
    """Say that a person cannot be entered without a category in a matter."""

    def __init__(self) -> None:
        super().__init__(
            "category",
            "A person needs a category in the matter that you act for (suspect, victim, witness, contact …);"
            " choose the one that the report supports.",
        )


class PredicateMissing(CollationError):
    """Say that a person becomes a suspect without the facts for it."""

    def __init__(self, category: str) -> None:
        self.category = category
        super().__init__(
            "predicate",
            f"Category '{category}' needs the facts behind it; write them, or choose another category.",
        )


class NotFurtherThanItsSource(CollationError):
    """Say that a span lies outside the item that it points into."""

    def __init__(self, start: int, end: int, length: int) -> None:
        self.start, self.end, self.length = start, end, length
        super().__init__(
            "sentence_start",
            f"The passage {start}–{end} is not within the item's {length} characters; select it again.",
        )


class AlreadySuperseded(Conflict):
    """Say that somebody else has replaced the row meanwhile."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"{ref} was replaced meanwhile; open the newest version and change that one.")


class AlreadySettled(Conflict):
    """Say that a mention was settled meanwhile."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"'{text}' was settled meanwhile; nothing is left to do for it.")


class JudgedDifferent(Conflict):
    """Say that a standing judgement forbids to merge."""

    def __init__(self, judgement: str, left: str, right: str) -> None:
        self.judgement, self.left, self.right = judgement, left, right
        super().__init__(
            f"{left} and {right} were judged to be different ({judgement}); "
            "replace that judgement with a reason before you merge them."
        )


class KindsDiffer(CollationError):
    """Say that two entities of different types cannot be one."""

    def __init__(self, left: str, right: str) -> None:
        self.left, self.right = left, right
        super().__init__("right", f"A {left} and a {right} cannot be the same; compare two of one type.")


class SearchHasNothing(CollationError):
    """Say that a saved search asks for nothing."""

    def __init__(self) -> None:
        super().__init__("q", "The search is empty; give words, a kind, a property or a matter to look for.")
