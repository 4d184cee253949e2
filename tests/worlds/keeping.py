"""One transaction that holds a world for many tests and is rolled back at their end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from openilp.safeguards.models import Membership
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency, found
from tests.worlds.deciding import administer, carry_on
from tests.worlds.knowing import Known, gather
from tests.worlds.overseeing import oversee
from tests.worlds.registering import keep_registers
from tests.worlds.serving import serve

#: Siblings of everything in an ordinary world.
ROWS = 3


def build(rows: int = ROWS) -> tuple[Agency, Known]:
    """Build a world through the verbs of the rooms."""
    agency = found()
    known = gather(agency, rows)
    carry_on(agency, known, rows)
    administer(agency)
    oversee(agency, known, rows)
    keep_registers(agency, rows)
    serve(agency, rows)
    _let_in(agency)
    return agency, known


def _let_in(agency: Agency) -> None:
    """Make the cleared data-protection officer a member of every matter: what is hidden is written by that account."""
    keeper = agency.cleared[Role.DATA_PROTECTION_OFFICER]
    with agency.acting(Role.OVERSIGHT):
        known = set(Membership.objects.filter(user=keeper).values_list("matter_id", flat=True))
        others = set(Membership.objects.values_list("matter_id", flat=True)) - known
    Membership.objects.bulk_create([Membership(matter_id=key, user=keeper) for key in sorted(others)])


@contextmanager
def kept() -> Iterator[None]:
    """Roll back at the end whatever was written; inside, `acting` may begin its durable transactions."""
    atomic: Any = transaction.atomic()
    atomic._from_testcase = True
    with atomic:
        try:
            yield
        finally:
            connection.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what a read left behind (notices, sessions, the log), so that the next one meets the same world."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
