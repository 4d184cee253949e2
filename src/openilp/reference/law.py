"""Legal bases and the national profile that puts them in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from openilp.reference.errors import UnknownCode
from openilp.reference.fields import Fields
from openilp.reference.retention import Period
from openilp.reference.values import Head, Value, Vocabulary, read_values


@dataclass(frozen=True)
class LegalBasis(Value):
    """Hold one provision of law that allows processing.

    Attributes:
        act: Name of the act.
        provision: Article or section of it.
        purposes: Codes of the processing purposes that it covers.
    """

    act: str
    provision: str
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class InForce:
    """Hold since when, and until when, a profile uses a code.

    Attributes:
        code: The code.
        starts_on: First day.
        ends_on: Last day; None while it lasts.
    """

    code: str
    starts_on: dt.date
    ends_on: dt.date | None

    def covers(self, day: dt.date) -> bool:
        """Tell whether the code is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class CategoryInForce(InForce):
    """Hold how a profile keeps one data-subject category.

    Attributes:
        review_days: Days until a record about such a person is reviewed.
        retention_rule: Code of the retention rule.
    """

    review_days: int
    retention_rule: str


@dataclass(frozen=True)
class RightsClock:
    """Hold how a country's law serves the rights of the people whose data are held.

    Attributes:
        answer: Time from the receipt of a request to its answer.
        extension: By how much the time may be extended, once and with a reason.
        legal_basis: Code of the provision that the register of requests rests on.
        authority: Name and address of the supervisory authority, as letters give it.
        court: Name and address of the court that hears an action, as letters give it.
    """

    answer: Period
    extension: Period
    legal_basis: str
    authority: str
    court: str

    def due_on(self, received_on: dt.date, *, is_extended: bool = False) -> dt.date:
        """Return the last day for the answer to a request."""
        due = self.answer.after(received_on)
        return self.extension.after(due) if is_extended else due


@dataclass(frozen=True)
class NationalProfile:
    """Hold what one country's law makes of the lists.

    Attributes:
        head: Id, version, title and source.
        country: English name of the country.
        starts_on: Day on which the profile comes into force.
        grading_scheme: Id and version of the scheme used by default.
        probability_yardstick: Id and version of the yardstick used.
        harm_table: Id and version of the harm table used.
        max_review_days: The most days that may pass before a record is reviewed.
        adult_age: Age at which a person is an adult.
        refuses_unassessed: Whether a method without an impact assessment that allows it is refused, not only shown.
        legal_bases: Which legal bases are in force, and since when.
        categories: Which data-subject categories are used, and how they are reviewed.
        rights: How requests of the people whose data are held are served.
    """

    head: Head
    country: str
    starts_on: dt.date
    grading_scheme: tuple[str, str]
    probability_yardstick: tuple[str, str]
    harm_table: tuple[str, str]
    max_review_days: int
    adult_age: int
    refuses_unassessed: bool
    legal_bases: tuple[InForce, ...]
    categories: tuple[CategoryInForce, ...]
    rights: RightsClock

    @property
    def id(self) -> str:
        """Return the id of the profile."""
        return self.head.id

    @property
    def title(self) -> str:
        """Return the English title of the profile."""
        return self.head.title

    @cached_property
    def _by_category(self) -> dict[str, CategoryInForce]:
        return {category.code: category for category in self.categories}

    def bases_on(self, day: dt.date) -> tuple[str, ...]:
        """Return the codes of the legal bases in force on a day."""
        return tuple(basis.code for basis in self.legal_bases if basis.covers(day))

    def categories_on(self, day: dt.date) -> tuple[str, ...]:
        """Return the codes of the categories in use on a day."""
        return tuple(category.code for category in self.categories if category.covers(day))

    def category(self, code: str) -> CategoryInForce:
        """Return how the profile keeps a data-subject category.

        Raises:
            UnknownCode: If the profile does not use the category.
        """
        try:
            return self._by_category[code]
        except KeyError:
            raise UnknownCode(
                code,
                scheme=self.head.id,
                version=self.head.version,
                noun="Category",
                allowed=tuple(self._by_category),
                place="profile",
            ) from None

    def review_due_on(self, entered_on: dt.date, category: str | None = None) -> dt.date:
        """Return the latest day of the first review of a record, by category or by the overall maximum.

        Raises:
            UnknownCode: If the profile does not use the category.
        """
        days = self.max_review_days if category is None else self.category(category).review_days
        return entered_on + dt.timedelta(days=days)


def read_legal_bases(fields: Fields, head: Head, purposes: Vocabulary[Value]) -> Vocabulary[LegalBasis]:
    """Read a list of legal bases.

    Raises:
        InvalidReferenceFile: If a basis names a processing purpose that does not exist.
    """

    def basis(row: Fields, value: Value) -> LegalBasis:
        covered = row.texts("purposes")
        if unknown := [code for code in covered if code not in purposes]:
            allowed = ", ".join(purposes.codes)
            raise row.refuse(
                "purposes", f"there is no processing purpose {', '.join(unknown)}; use one of {allowed}"
            )
        return LegalBasis(
            **vars(value), act=row.text("act"), provision=row.text("provision"), purposes=covered
        )

    return read_values(fields, head, basis)
