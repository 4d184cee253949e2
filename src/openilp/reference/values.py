"""Values and the versioned lists that hold them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from openilp.reference.errors import UnknownCode
from openilp.reference.fields import Fields

_VERSION = re.compile(r"\d+(\.\d+)*")


class Status(StrEnum):
    """How far a list or value may be relied upon as somebody else's rule."""

    PUBLISHED = "published"
    OWN = "own"
    ILLUSTRATIVE = "illustrative"
    EXAMPLE = "configurable example"


@dataclass(frozen=True)
class Citation:
    """Name the document that a list was taken from.

    Attributes:
        document: Title of the document.
        paragraph: Article, paragraph or page.
        date: Date of the document to the day or to the year, or `undated` for a page that carries none.
    """

    document: str
    paragraph: str
    date: str


@dataclass(frozen=True)
class Head:
    """Hold what every reference file begins with.

    Attributes:
        kind: Which reader the file belongs to.
        id: Name of the list; stored beside every code.
        version: Version of the list; stored beside every code.
        title: English title, a source string for translation.
        citation: Where the list comes from.
        status: How far it may be relied upon.
        note: Limits and remarks; empty when there are none.
    """

    kind: str
    id: str
    version: str
    title: str
    citation: Citation
    status: Status
    note: str

    @property
    def version_key(self) -> tuple[int, ...]:
        """Return the version as numbers, so that 10 comes after 9."""
        return version_key(self.version)


@dataclass(frozen=True)
class Value:
    """Hold one value of a list.

    Attributes:
        code: What is stored.
        label: Short English text, a source string for translation.
        definition: Meaning in a sentence; empty when the label says it all.
        order: Place in the list, from 1.
        status: How far the value may be relied upon.
        aliases: Names of the same value in other systems' files.
    """

    code: str
    label: str
    definition: str
    order: int
    status: Status
    aliases: tuple[str, ...]


V = TypeVar("V", bound=Value)
V_co = TypeVar("V_co", bound=Value, covariant=True)


@dataclass(frozen=True)
class Vocabulary(Generic[V_co]):
    """Hold one version of one list of values, in order.

    Attributes:
        head: Id, version, title and source.
        noun: What one value is called, capitalised, for error texts.
        values: The values, in order.
        place: Whether an error text speaks of a `list` or a `scheme`.
    """

    head: Head
    noun: str
    values: tuple[V_co, ...]
    place: str = "list"

    @property
    def id(self) -> str:
        """Return the id of the list."""
        return self.head.id

    @property
    def version(self) -> str:
        """Return the version of the list."""
        return self.head.version

    @property
    def title(self) -> str:
        """Return the English title of the list."""
        return self.head.title

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the codes, in order."""
        return tuple(value.code for value in self.values)

    @cached_property
    def _by_code(self) -> dict[str, V_co]:
        return {value.code: value for value in self.values}

    @cached_property
    def _by_alias(self) -> dict[str, V_co]:
        return {alias: value for value in self.values for alias in value.aliases}

    def __contains__(self, code: object) -> bool:
        """Tell whether a code is in the list."""
        return code in self._by_code

    def value(self, code: str) -> V_co:
        """Return the value of a code.

        Raises:
            UnknownCode: If the list has no such code.
        """
        try:
            return self._by_code[code]
        except KeyError:
            raise self._unknown(code) from None

    def require(self, code: str) -> str:
        """Return the code itself after checking that the list has it.

        Raises:
            UnknownCode: If the list has no such code.
        """
        return self.value(code).code

    def by_alias(self, name: str) -> V_co:
        """Return the value that another system calls by this name.

        Raises:
            UnknownCode: If no value has the name; the error lists the known names.
        """
        try:
            return self._by_alias[name]
        except KeyError:
            raise UnknownCode(
                name,
                scheme=self.id,
                version=self.version,
                noun=f"{self.noun} named",
                allowed=tuple(self._by_alias),
                place=self.place,
            ) from None

    def choices(self) -> list[tuple[str, str]]:
        """Return pairs of code and English label, in order, for a form."""
        return [(value.code, value.label) for value in self.values]

    def _unknown(self, code: str) -> UnknownCode:
        return UnknownCode(
            code, scheme=self.id, version=self.version, noun=self.noun, allowed=self.codes, place=self.place
        )


def version_key(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 10 comes after 9."""
    return tuple(int(part) for part in version.split("."))


def read_head(fields: Fields) -> Head:
    """Read id, version, title, source, status and note of a file.

    Raises:
        InvalidReferenceFile: If a key is missing or malformed.
    """
    version = fields.text("version")
    if not _VERSION.fullmatch(version):
        raise fields.refuse("version", f"'{version}' is not a version; write numbers like '1' or '2.1'")
    source = fields.inner("source")
    citation = Citation(source.text("document"), source.text("paragraph"), source.day_or_year("date"))
    source.close()
    return Head(
        kind=fields.code("kind"),
        id=fields.code("id"),
        version=version,
        title=fields.text("title"),
        citation=citation,
        status=fields.choice("status", Status),
        note=fields.text_or("note", ""),
    )


def read_value(fields: Fields, order: int, status: Status) -> Value:
    """Read the keys that every value has.

    Args:
        fields: The value's mapping.
        order: Its place in the file, used unless the mapping says otherwise.
        status: Status of the list, used unless the mapping says otherwise.

    Raises:
        InvalidReferenceFile: If a key is missing or malformed.
    """
    return Value(
        code=fields.code("code"),
        label=fields.text("label"),
        definition=fields.text_or("definition", ""),
        order=fields.integer("order", minimum=1) if fields.has("order") else order,
        status=fields.choice("status", Status, status),
        aliases=fields.texts("aliases", optional=True),
    )


def read_values(
    fields: Fields,
    head: Head,
    read: Callable[[Fields, Value], V],
    *,
    key: str = "values",
    noun: str | None = None,
    place: str = "list",
) -> Vocabulary[V]:
    """Read a list of values, each completed by its own reader.

    Args:
        fields: The mapping that holds the list.
        head: Head of the file.
        read: Reads what this kind of value has beyond the common keys.
        key: Where the list stands.
        noun: What one value is called; None reads it from the key `noun`.
        place: Whether an error text speaks of a `list` or a `scheme`.

    Raises:
        InvalidReferenceFile: If a value is malformed, or a code, label, order or alias is used twice.
    """
    values: list[V] = []
    taken: dict[str, set[str]] = {"code": set(), "label": set(), "order": set(), "aliases": set()}
    for number, row in enumerate(fields.rows(key), start=1):
        value = read(row, read_value(row, number, head.status))
        row.close()
        for name, entries in (
            ("code", [value.code]),
            ("label", [value.label]),
            ("order", [str(value.order)]),
            ("aliases", value.aliases),
        ):
            for entry in entries:
                if entry in taken[name]:
                    raise row.refuse(
                        name, f"'{entry}' is used by an earlier value; every one must be different"
                    )
                taken[name].add(entry)
        values.append(value)
    values.sort(key=lambda value: value.order)
    return Vocabulary(head, noun or fields.text("noun"), tuple(values), place)


def as_is(_fields: Fields, value: Value) -> Value:
    """Return a value that has only the common keys."""
    return value
