"""What each room says of its own tables: which have a clock, what hangs on them, which texts quote them.

Rooms register here when they are loaded; the functions of the database are written from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

#: A row that is erased, by kind and key.
Key = tuple[str, UUID]


@dataclass(frozen=True)
class Frozen:
    """A column that quotes records by their references, and the column with its hash, if it has one."""

    column: str
    digest_column: str = ""
    digest: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Handling:
    """How the rows of one table are kept and leave.

    Attributes:
        model: The table.
        rule: Code of the retention rule of its clock, or a function that says it for a row; empty for what has no
            clock of its own and goes with the record that it is a part of.
        when_gone: For a foreign key, what happens when the row behind it is erased: `erase` or `clear`, or the
            values of other columns that stand in its place. Without a word a part, or a row that cannot be without
            the other one, is erased, and an optional key is cleared.
        frozen: Columns that quote other records.
        file_column: The column with the hash of a file in the store.
        remove_file: What removes such a file from its store.
        reads: Columns that `derived` and `recipients` look at, whatever their label.
        tells: Column with the account that was given a copy: it is told when the row goes, under the reference of the
            record that the row is a part of.
    """

    model: type[models.Model]
    rule: str | Callable[[Any], str] = ""
    when_gone: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    frozen: Sequence[Frozen] = ()
    file_column: str = ""
    remove_file: Callable[[str], None] | None = None
    reads: Sequence[str] = ()
    tells: str = ""

    @property
    def kind(self) -> str:
        """Return the kind of its rows, as in `find.kinds`."""
        return str(self.model._meta.model_name)

    @property
    def default_rule(self) -> str:
        """Return the rule of rows of which nothing more is known."""
        return self.rule if isinstance(self.rule, str) else DEFAULT_RULE


#: Directive (EU) 2016/680 Art. 5, as the list of rules words it.
DEFAULT_RULE = "LED-REV"

#: Reads rows of a kind whose `reads` or frozen columns hold one of some words: (key, columns).
Reader = Callable[[str, Sequence[str]], list[tuple[UUID, dict[str, Any]]]]
#: Says which other rows are nothing but copies, given the references of what went and of what lost a part.
Derived = Callable[[Sequence[str], Reader], list[Key]]
#: Says whom to tell of frozen texts that were issued anew: account and reference of what was sent.
Recipients = Callable[[Sequence[Key], Reader], list[tuple[UUID, str]]]

#: Destroys once more what lies outside the tables, such as the keys of a source.
Destroyer = Callable[[UUID], None]

_handlings: dict[str, Handling] = {}
_derived: dict[str, Derived] = {}
_recipients: dict[str, Recipients] = {}
_destroyers: dict[str, Destroyer] = {}


def register(handling: Handling) -> None:
    """Say how a table is handled; a room calls it for each of its tables of which there is something to say."""
    _handlings[handling.kind] = handling


def register_derived(name: str, finder: Derived) -> None:
    """Say how copies that no foreign key leads to are found, such as lists in files."""
    _derived[name] = finder


def register_recipients(name: str, finder: Recipients) -> None:
    """Say who was sent what, so that they are told when it changes."""
    _recipients[name] = finder


def register_destroyer(kind: str, destroyer: Destroyer) -> None:
    """Say how what a restore has brought back beside the tables is destroyed again."""
    _destroyers[kind] = destroyer


def destroyers() -> dict[str, Destroyer]:
    """Return what destroys things beside the tables, by kind."""
    return dict(_destroyers)


def handlings() -> dict[str, Handling]:
    """Return what the rooms said, by kind."""
    return dict(sorted(_handlings.items()))


def kept() -> dict[str, Handling]:
    """Return the kinds that have a clock of their own."""
    return {kind: each for kind, each in handlings().items() if each.rule}


def derived() -> list[Derived]:
    """Return the finders of copies."""
    return list(_derived.values())


def recipients() -> list[Recipients]:
    """Return the finders of recipients."""
    return list(_recipients.values())
