"""Shapes that every room's API shares."""

from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from ninja import Schema
from ninja.schema import DjangoGetter
from pydantic import ValidationInfo, model_validator

from openilp.safeguards.paging import Page

T = TypeVar("T")


class Created(Schema):
    """What a creation answers: where the new row is. It holds no content, so it may be kept for a repeated call."""

    id: UUID
    ref: str = ""
    url: str = ""


class Lawful(Schema):
    """What every new record needs besides its content; the purpose is the caller's present one."""

    legal_basis: str
    review_on: date | None = None

    def lawful(self) -> dict[str, Any]:
        """Return the values for `record`."""
        values: dict[str, Any] = {"legal_basis": self.legal_basis}
        if self.review_on is not None:
            values["review_on"] = self.review_on
        return values


class Row(Schema):
    """A shape whose fields are a row's own attributes: read as they are, without the library's search for more."""

    @model_validator(mode="wrap")
    @classmethod
    def _run_root_validator(cls, values: Any, handler: Any, info: ValidationInfo) -> Any:
        if cls._ninja_resolvers:
            values = DjangoGetter(values, cls, info.context)
        return handler(values)


class Marked(Row):
    """The label and the lawfulness that every protected row shows."""

    id: UUID
    ref: str = ""
    created_at: datetime
    level: int
    state: str
    legal_basis: str
    review_on: date


class Rows(Row, Generic[T]):
    """One page of rows; `next` is the cursor of the following page, empty at the end."""

    rows: list[T]
    next: str

    @classmethod
    def of(cls, page: Page) -> "Rows[T]":
        """Return the page in this shape."""
        return cls.model_validate(page)


def created(row: Any, url: str = "") -> Created:
    """Return the answer to a creation."""
    return Created(id=row.pk, ref=getattr(row, "ref", ""), url=url)
