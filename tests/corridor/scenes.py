"""A source, its handler and its controller, for tests; every name is invented."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from openilp.corridor import selectors, services
from openilp.corridor.models import Source
from openilp.corridor.rules import NewContact, NewDraft, NewIdentity, Profile
from openilp.safeguards.acting import acting
from openilp.safeguards.people import actor_for, make_account
from openilp.safeguards.roles import Role
from tests.factories import PASSWORD, World

NAME = "Quirvaldo Zemtarosk"
IDENTITY = NewIdentity(
    full_name=NAME,
    born_on="1979-02-11",
    address="Pellanda Lane 31, Ostrow",
    telephone="+999 555 018 274",
    aliases="Brazzik; Квирвальдо Земтароск",
)
PROFILE = Profile(code_name="Heron", access="Works where the goods are stored.", standing="reliable")
NOTES = "Zemtarosk says that the lorry comes on Thursday; his cousin Brazzik drives it."


@contextmanager
def as_(user: Any) -> Iterator[Any]:
    """Act as an account."""
    with acting(actor_for(user), "test") as block:
        yield block.actor


def another(world: World, role: Role, username: str) -> Any:
    """Open a second account of a role."""
    return make_account(
        username=username,
        full_name=username.replace(".", " ").title(),
        unit=world.region,
        roles=[role],
        clearance=2,
        password=PASSWORD,
        must_change_password=False,
    )


def register(world: World, *, handler: Any = None, code_name: str = "Heron") -> Source:
    """Register a source."""
    with as_(handler or world.user(Role.SOURCE_HANDLER)) as actor:
        return services.register_source(
            actor=actor,
            identity=IDENTITY,
            profile=Profile(code_name=code_name, access=PROFILE.access, standing="reliable"),
            controller=world.user(Role.SOURCE_CONTROLLER),
            review_on=timezone.localdate() + timedelta(days=90),
        )


def meet(world: World, source: Source) -> Any:
    """Note a meeting in which the source is named."""
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        mine = selectors.source(source.ref, actor=actor)
        new = NewContact(timezone.now() - timedelta(hours=2), "Pellanda Lane 31", "Zemtarosk", NOTES)
        return services.record_contact(actor=actor, source=mine, new=new)


def draft(world: World, source: Source, text: str = "A lorry with goods comes on Thursday night.") -> Any:
    """Draft a sanitised report."""
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        mine = selectors.source(source.ref, actor=actor)
        new = NewDraft("A delivery at night", [text], "medium", observed_on=timezone.localdate())
        return services.draft_report(actor=actor, source=mine, new=new)


def passed(world: World, source: Source, text: str = "A lorry with goods comes on Thursday night.") -> str:
    """Draft a report, pass it on, and return its pseudonym."""
    made = draft(world, source, text)
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor:
        mine = selectors.draft(made.ref, actor=actor)
        pseudonym = str(selectors.opened_draft(mine).held["pseudonym"])
        services.judge_draft(actor=actor, draft=mine, is_passed=True)
    return pseudonym


def refused(error: type[Exception], call: Callable[[], Any]) -> str:
    """Return what a refusal says."""
    try:
        call()
    except error as refusal:
        return str(refusal)
    raise AssertionError(f"{error.__name__} was expected")
