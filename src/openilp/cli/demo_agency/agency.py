"""Units, accounts and matters of the demo agency."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from openilp.cli.demo import DEMO_PASSWORD
from openilp.cli.demo_agency.geography import places
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.imports import DEMO_ACCOUNT, DEMO_MATTER
from openilp.safeguards import approvals, people
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import ApprovalRequest, Unit, User
from openilp.safeguards.roles import Role

ADMINISTRATOR = "administrator"
HEAD = "head.of.intelligence"
CHAIR = "chair"
COORDINATOR = "tasking.coordinator"
STRATEGIC = "strategic.analyst"
ANALYST = "operational.analyst"
EVALUATOR = "intelligence.officer"
SECOND = "second.evaluator"
LIAISON = "liaison.officer"
PLAN_OWNER = "plan.owner"
REPORTER = "reporting.officer"
HANDLER = "source.handler"
CONTROLLER = "source.controller"
AUTHORITY = "supervisory.authority"
PROTECTION = "data.protection"

DESK = "Crime intelligence desk"
SOURCES = "Source handling"
RING = "Cross-border vehicle crime"
STATISTICS = DEMO_MATTER


@dataclass(frozen=True)
class Person:
    """An account of the agency; the name is invented."""

    username: str
    full_name: str
    role: Role
    unit: str
    clearance: int = 2
    language: str = "en"


STAFF = (
    Person(CHAIR, "Velda Orlimar", Role.CHAIR, "ALT", 3),
    Person(COORDINATOR, "Tasko Fennoven", Role.TASKING_COORDINATOR, "ALT"),
    Person(HEAD, "Mirel Sundeck", Role.HEAD_OF_INTELLIGENCE, "ALT", 3),
    Person(STRATEGIC, "Karin Tarvask", Role.STRATEGIC_ANALYST, "ALT"),
    Person(ANALYST, "Lodor Kesmano", Role.OPERATIONAL_ANALYST, "NOR"),
    Person(EVALUATOR, "Nivir Bradusk", Role.INTELLIGENCE_OFFICER, "NOR"),
    Person(SECOND, "Sobo Haskorin", Role.INTELLIGENCE_OFFICER, "MID", language="ru"),
    Person(DEMO_ACCOUNT, "Rinel Zelketz", Role.INTELLIGENCE_OFFICER, "ALT"),
    Person(REPORTER, "Pevan Dorveck", Role.REPORTING_OFFICER, "NOR-2", 1),
    Person(PLAN_OWNER, "Zemar Ilmunde", Role.PLAN_OWNER, "NOR"),
    Person(PROTECTION, "Gadorin Velkaldi", Role.DATA_PROTECTION_OFFICER, "ALT", 3),
    Person("oversight", "Helin Marvorin", Role.OVERSIGHT, "ALT", 3),
    Person(AUTHORITY, "Sanva Ortellin", Role.SUPERVISORY_AUTHORITY, "ALT", 0),
    Person(LIAISON, "Tunel Rovtimar", Role.LIAISON_OFFICER, "ALT"),
    Person(HANDLER, "Ketil Varnosk", Role.SOURCE_HANDLER, "NOR"),
    Person(CONTROLLER, "Irsa Dolvenko", Role.SOURCE_CONTROLLER, "NOR"),
    Person(ADMINISTRATOR, "Bazan Orlask", Role.ADMINISTRATOR, "ALT", 0),
    Person("officer.sou1", "Dorel Sundano", Role.REPORTING_OFFICER, "SOU-1", 1),
    Person("officer.sou2", "Vetik Braduusk", Role.REPORTING_OFFICER, "SOU-2", 1, "ru"),
    Person("officer.mid1", "Kanel Tarveck", Role.REPORTING_OFFICER, "MID-1", 1),
    Person("officer.mid2", "Lovir Haskano", Role.REPORTING_OFFICER, "MID-2", 1, "mn"),
    Person("officer.mid3", "Misko Fennaldi", Role.REPORTING_OFFICER, "MID-3", 1),
    Person("officer.nor1", "Ridor Zelkask", Role.REPORTING_OFFICER, "NOR-1", 1, "ru"),
    Person("officer.nor3", "Solin Kesmoven", Role.REPORTING_OFFICER, "NOR-3", 1),
)

_INTELLIGENCE = (HEAD, STRATEGIC, ANALYST, EVALUATOR, SECOND, LIAISON)
#: They are no members of what everybody is a member of: without content, or apart from it.
_OVERSEERS = (ADMINISTRATOR, "oversight", AUTHORITY, HANDLER, CONTROLLER)

#: Title, purpose, legal basis, whether all may know of it, and the members beside the head (none named: everybody).
_MATTERS: tuple[tuple[str, str, str, bool, tuple[str, ...]], ...] = (
    (DESK, "detect", "POL-12", True, ()),
    (STATISTICS, "prevent", "STAT-3", True, (*_INTELLIGENCE, DEMO_ACCOUNT, CHAIR, COORDINATOR)),
    (RING, "detect", "POL-25", False, (*_INTELLIGENCE, CHAIR, COORDINATOR, PLAN_OWNER)),
    (SOURCES, "detect", "POL-12", False, (HANDLER, CONTROLLER)),
)


def found() -> User:
    """Write units, the administrator, and nothing twice; return the administrator."""
    with transaction.atomic():
        for place in places():
            Unit.objects.get_or_create(
                code=place.code,
                defaults={
                    "name": place.name,
                    "organisation_level": place.organisation_level,
                    "boundary": place.boundary,
                    "parent": Unit.objects.filter(code=place.above).first(),
                },
            )
        keeper = User.objects.filter(username=ADMINISTRATOR).first()
        return keeper or _first(next(person for person in STAFF if person.username == ADMINISTRATOR))


def _first(person: Person) -> User:
    return people.make_account(
        username=person.username,
        full_name=person.full_name,
        unit=Unit.objects.get(code=person.unit),
        roles=[person.role],
        clearance=person.clearance,
        password=DEMO_PASSWORD,
        must_change_password=False,
    )


def open_accounts(steps: Steps) -> None:
    """Let the administrator open one account a role, and reporting officers in the districts.

    The head of intelligence comes first, and then approves, as the second person, whoever gets more than an ordinary
    reporting officer.
    """
    head, *others = sorted(
        (person for person in STAFF if person.username != ADMINISTRATOR), key=lambda p: p.username != HEAD
    )
    sensitive = [p for p in others if not people.is_ordinary(roles=[p.role], clearance=p.clearance)]

    def begin(actor: Actor) -> None:
        _join(actor, head)

    def ask(actor: Actor) -> Left:
        made = [
            approvals.ask(actor=actor, subject=people.joining(**_duties(p)), reason="The agency is founded.")
            for p in sensitive
        ]
        return {person.username: row.ref for person, row in zip(sensitive, made, strict=True)}

    def approve(actor: Actor) -> None:
        for row in approvals.waiting(actor=actor):
            approvals.answer(actor=actor, request=row, digest=row.digest, is_approved=True)

    def work(actor: Actor) -> None:
        for person in others:
            ref = asked.get(person.username, "")
            _join(actor, person, approvals.requests(actor=actor).filter(ref=ref).first())

    steps.once("agency/head", begin, by=ADMINISTRATOR, reason="administration")
    asked = steps.once("agency/asked", ask, by=ADMINISTRATOR, reason="administration")
    steps.once("agency/approved", approve, by=HEAD, reason="administration")
    steps.once("agency/accounts", work, by=ADMINISTRATOR, reason="administration")


def _duties(person: Person) -> dict[str, Any]:
    return {
        "username": person.username,
        "full_name": person.full_name,
        "unit": Unit.objects.get(code=person.unit),
        "roles": [person.role],
        "clearance": person.clearance,
        "language": person.language,
    }


def _join(actor: Actor, person: Person, approval: ApprovalRequest | None = None) -> User:
    return people.join(
        actor=actor,
        **_duties(person),
        password=DEMO_PASSWORD,
        must_change_password=False,
        approval=approval,
    )


def open_matters(steps: Steps) -> None:
    """Let the head of intelligence open the standing matters with their members."""

    def work(actor: Actor) -> Left:
        left: Left = {}
        for title, purpose, basis, is_open, named in _MATTERS:
            members = named or tuple(p.username for p in STAFF if p.username not in _OVERSEERS)
            made = people.open_matter(
                actor=actor,
                title=title,
                kind="standing_task",
                purpose_code=purpose,
                legal_basis=basis,
                is_agency_wide=is_open,
                members=[steps.user(username) for username in members],
            )
            left[title] = str(made.pk)
        return left

    steps.once("agency/matters", work, by=HEAD, reason="administration")
