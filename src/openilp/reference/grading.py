"""Grading schemes side by side, their handling codes, and conversions that are only ever offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from openilp.reference.errors import UnknownCode
from openilp.reference.fields import Fields
from openilp.reference.shelf import Shelf
from openilp.reference.values import Head, Value, Vocabulary, read_values


class Onward(StrEnum):
    """Who may receive an item next, from widest to narrowest."""

    FREE = "free"
    AGENCY = "agency"
    ORIGINATOR = "originator"
    NAMED = "named"


class Court(StrEnum):
    """Whether an item may be used in court, from widest to narrowest."""

    ALLOWED = "allowed"
    CONSENT = "consent"
    BLOCKED = "blocked"


class DisplayCode(StrEnum):
    """The common handling ladder that is shown and never stored."""

    HC0 = "HC0"
    HC1 = "HC1"
    HC2 = "HC2"
    HC3 = "HC3"


_ONWARD = tuple(Onward)
_COURT = tuple(Court)


@dataclass(frozen=True)
class Grade(Value):
    """Hold one grade of a source or of information.

    Attributes:
        assessable: False for "cannot be judged", which is not the worst grade but no grade.
    """

    assessable: bool


@dataclass(frozen=True)
class HandlingCode(Value):
    """Hold one handling code with what it forbids.

    Attributes:
        onward: Who may receive the item next.
        court: Whether it may be used in court.
        strictness: Place on the common ladder; higher is stricter.
        display: Rung of the display ladder; never stored.
        needs_text: Whether the code says nothing without a written restriction.
        conditions: Id of the list of conditions that may be added to it; empty when there are none.
    """

    onward: Onward
    court: Court
    strictness: int
    display: DisplayCode
    needs_text: bool
    conditions: str


@dataclass(frozen=True)
class Restriction:
    """Hold what several handling codes forbid together.

    Attributes:
        onward: The narrowest circle of recipients.
        court: The narrowest use in court.
        strictness: The highest place on the common ladder.
        display: The strictest rung of the display ladder.
    """

    onward: Onward
    court: Court
    strictness: int
    display: DisplayCode

    @classmethod
    def of(cls, code: HandlingCode) -> Restriction:
        """Return what one handling code forbids."""
        return cls(code.onward, code.court, code.strictness, code.display)

    def join(self, other: Restriction) -> Restriction:
        """Return what both forbid together: the stricter of the two in each respect."""
        return Restriction(
            onward=max(self.onward, other.onward, key=_ONWARD.index),
            court=max(self.court, other.court, key=_COURT.index),
            strictness=max(self.strictness, other.strictness),
            display=max(self.display, other.display),
        )


UNRESTRICTED = Restriction(Onward.FREE, Court.ALLOWED, 0, DisplayCode.HC0)


@dataclass(frozen=True)
class GradingScheme:
    """Hold one grading scheme: a list for sources, one for information, one for handling.

    Attributes:
        head: Id, version, title and source.
        source: Grades of the source.
        information: Grades of the information.
        handling: Handling codes; their list has an id and version of its own.
    """

    head: Head
    source: Vocabulary[Grade]
    information: Vocabulary[Grade]
    handling: Vocabulary[HandlingCode]

    @property
    def id(self) -> str:
        """Return the id of the scheme."""
        return self.head.id

    @property
    def version(self) -> str:
        """Return the version of the scheme."""
        return self.head.version

    @property
    def title(self) -> str:
        """Return the English title of the scheme."""
        return self.head.title

    def axis(self, name: Axis | str) -> Vocabulary[Grade]:
        """Return the grades of the source or of the information.

        Raises:
            UnknownCode: If the name is not an axis.
        """
        if name == Axis.SOURCE:
            return self.source
        if name == Axis.INFORMATION:
            return self.information
        raise UnknownCode(
            str(name), scheme=self.id, version=self.version, noun="Axis", allowed=tuple(Axis), place="scheme"
        )


class Axis(StrEnum):
    """The two things that are graded apart from each other."""

    SOURCE = "source"
    INFORMATION = "information"


@dataclass(frozen=True)
class Offer:
    """Hold the grades of another scheme that a person may choose from.

    Attributes:
        axis: Source or information.
        code: The grade as it was given.
        candidates: Grades of the other scheme that come near it, at least one.
        ambiguous: Whether several come equally near, so that nothing may be preselected.
        note: What to think of when choosing; empty when nothing is to be said.
    """

    axis: Axis
    code: str
    candidates: tuple[str, ...]
    ambiguous: bool
    note: str


@dataclass(frozen=True)
class Conversion:
    """Hold a table of candidates from one scheme to another; it converts nothing.

    Attributes:
        head: Id, version, title and source.
        from_scheme: Id and version of the scheme that the grades are in.
        to_scheme: Id and version of the scheme whose grades are offered.
        offers: One offer a grade.
    """

    head: Head
    from_scheme: tuple[str, str]
    to_scheme: tuple[str, str]
    offers: tuple[Offer, ...]

    @cached_property
    def _by_grade(self) -> dict[tuple[str, str], Offer]:
        return {(offer.axis, offer.code): offer for offer in self.offers}

    def offer(self, axis: Axis | str, code: str) -> Offer:
        """Return what is offered for one grade.

        Raises:
            UnknownCode: If the table has no such grade on this axis.
        """
        try:
            return self._by_grade[axis, code]
        except KeyError:
            raise UnknownCode(
                code,
                scheme=self.head.id,
                version=self.head.version,
                noun="Grade",
                allowed=[known for on, known in self._by_grade if on == axis],
                place="conversion",
            ) from None


def restriction(codes: Iterable[HandlingCode]) -> Restriction:
    """Return what handling codes forbid together, across schemes; no codes forbid nothing."""
    joined = UNRESTRICTED
    for code in codes:
        joined = joined.join(Restriction.of(code))
    return joined


def strictest(codes: Iterable[HandlingCode]) -> HandlingCode:
    """Return the strictest of handling codes of one scheme.

    Within a scheme the order is total and forbids at least what every milder code forbids (checked when the
    file is read), so the strictest code stands for all. Across schemes use `restriction`.

    Raises:
        ValueError: If there are no codes.
    """
    listed = list(codes)
    if not listed:
        raise ValueError("There are no handling codes to compare; pass at least one.")
    return max(listed, key=lambda code: (code.strictness, code.code))


def read_handling(fields: Fields, head: Head, lists: Shelf[Vocabulary[Value]]) -> Vocabulary[HandlingCode]:
    """Read a list of handling codes.

    Raises:
        InvalidReferenceFile: If a stricter code allows what a milder one forbids, two are equally strict, or a
            list of conditions does not exist.
    """
    codes = read_values(fields, head, _handling_code, noun="Handling code", place="scheme")
    for number, code in enumerate(codes.values):
        if code.conditions and code.conditions not in lists.ids:
            raise fields.refuse(f"values[{number}].conditions", f"there is no list '{code.conditions}'")
    ladder = sorted(codes.values, key=lambda code: code.strictness)
    for milder, stricter in pairwise(ladder):
        key = f"values[{codes.values.index(stricter)}].strictness"
        if milder.strictness == stricter.strictness:
            raise fields.refuse(
                key, f"'{stricter.code}' is as strict as '{milder.code}'; give each its own rung"
            )
        one, both = Restriction.of(stricter), Restriction.of(stricter).join(Restriction.of(milder))
        if one != both:
            raise fields.refuse(
                key,
                f"'{stricter.code}' is stricter than '{milder.code}' but allows more; raise onward, court or display",
            )
    return codes


def _handling_code(fields: Fields, value: Value) -> HandlingCode:
    return HandlingCode(
        **vars(value),
        onward=fields.choice("onward", Onward),
        court=fields.choice("court", Court),
        strictness=fields.integer("strictness", minimum=0),
        display=fields.choice("display", DisplayCode),
        needs_text=fields.flag("needs_text", default=False),
        conditions=fields.text_or("conditions", ""),
    )


def read_grading(fields: Fields, head: Head, handling: Shelf[Vocabulary[HandlingCode]]) -> GradingScheme:
    """Read a grading scheme; its handling codes are a list of their own, named by id and version.

    Raises:
        InvalidReferenceFile: If a key is malformed or the handling list does not exist.
    """
    named = fields.inner("handling")
    name, version = named.code("scheme"), named.text("version")
    named.close()
    if version not in handling.versions(name):
        raise fields.refuse("handling", f"there is no handling list '{name}' version '{version}'")
    return GradingScheme(
        head=head,
        source=read_values(fields, head, _grade, key="source_grades", noun="Grade", place="scheme"),
        information=read_values(fields, head, _grade, key="information_grades", noun="Grade", place="scheme"),
        handling=handling.get(name, version),
    )


def _grade(fields: Fields, value: Value) -> Grade:
    return Grade(**vars(value), assessable=fields.flag("assessable", default=True))


def read_conversion(fields: Fields, head: Head, grading: Shelf[GradingScheme]) -> Conversion:
    """Read a table of candidates.

    Raises:
        InvalidReferenceFile: If a grade is unknown, missing, or wrongly flagged as clear or ambiguous.
    """
    ends: list[GradingScheme] = []
    for key in ("from", "to"):
        named = fields.inner(key)
        name, version = named.code("scheme"), named.text("version")
        named.close()
        if version not in grading.versions(name):
            raise fields.refuse(key, f"there is no grading scheme '{name}' version '{version}'")
        ends.append(grading.get(name, version))
    start, end = ends
    offers: list[Offer] = []
    for axis in Axis:
        key = f"{axis}_offers"
        rows = [_offer(row, axis, start, end) for row in fields.rows(key)]
        offered = [offer.code for offer in rows]
        if sorted(offered) != sorted(start.axis(axis).codes):
            raise fields.refuse(
                key, f"must offer for each of {', '.join(start.axis(axis).codes)} exactly once"
            )
        offers += rows
    return Conversion(head, (start.id, start.version), (end.id, end.version), tuple(offers))


def _offer(row: Fields, axis: Axis, start: GradingScheme, end: GradingScheme) -> Offer:
    code, candidates = row.code("code"), row.texts("candidates")
    ambiguous = row.flag("ambiguous", default=False)
    for key, codes, scheme in (("code", (code,), start), ("candidates", candidates, end)):
        for each in codes:
            if each not in scheme.axis(axis):
                allowed = ", ".join(scheme.axis(axis).codes)
                raise row.refuse(key, f"'{each}' is not a grade of '{scheme.id}'; use one of {allowed}")
    if not candidates or ambiguous != (len(candidates) > 1):
        raise row.refuse(
            "ambiguous", "must be true when there are several candidates and absent when there is one"
        )
    offer = Offer(axis, code, candidates, ambiguous, row.text_or("note", ""))
    row.close()
    return offer
