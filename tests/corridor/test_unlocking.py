"""Nobody sees who a source is without two people of different chains, and then for some hours only."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openilp.corridor import rules, selectors, services, vault
from openilp.corridor.errors import SameChain, SourceErased, StillSealed, WindowOver
from openilp.corridor.models import Identity
from openilp.corridor.services import unlocking
from openilp.safeguards import approvals
from openilp.safeguards.errors import NotPermitted, RecordNotFound
from openilp.safeguards.models import ApprovalRequest, User
from openilp.safeguards.roles import Role
from tests.approving import approved
from tests.corridor.scenes import IDENTITY, NAME, another, as_, draft, meet, register
from tests.factories import World

pytestmark = pytest.mark.django_db(databases=["default", "corridor"])


def ask(world: World, source: Any, hours: int = 1) -> Any:
    """Ask for an unlock as the handler."""
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        mine = selectors.source(source.ref, actor=actor)
        reason = f"{NAME} is in danger tonight."
        return services.ask_unlock(actor=actor, source=mine, reason=reason, hours=hours)


def answer(unlock: Any, which: int, user: Any, *, is_approved: bool = True) -> None:
    """Answer one of the two requests."""
    with as_(user) as actor:
        row = ApprovalRequest.objects.seen_by(actor).get(pk=unlock.approvals[which])
        approvals.answer(
            actor=actor, request=row, digest=row.digest, is_approved=is_approved, reason="No need is shown."
        )


def look(world: World, unlock: Any) -> Any:
    """Open the window where it is not open, and read."""
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        mine = selectors.unlock(unlock.ref, actor=actor)
        if selectors.window_of(mine, actor=actor) is None:
            services.open_window(actor=actor, unlock=mine)
        return services.read_identity(actor=actor, unlock=mine)


@pytest.mark.parametrize("outsider", [Role.CHAIR, Role.DATA_PROTECTION_OFFICER])
def test_two_chains_open_an_identity(world: World, outsider: Role) -> None:
    """A controller and somebody from outside the desk [COL-08]."""
    unlock = ask(world, register(world))
    answer(unlock, 0, world.user(Role.SOURCE_CONTROLLER))
    answer(unlock, 1, world.user(outsider))

    assert look(world, unlock) == IDENTITY
    assert look(world, unlock) == IDENTITY


@pytest.mark.parametrize("given_by", [(), (0,), (1,)])
def test_one_approval_is_not_enough(world: World, given_by: tuple[int, ...]) -> None:
    """Neither chain alone opens anything."""
    unlock = ask(world, register(world))
    for which in given_by:
        answer(unlock, which, world.user((Role.SOURCE_CONTROLLER, Role.CHAIR)[which]))
    with pytest.raises(StillSealed, match="not approved"):
        look(world, unlock)


def test_a_refusal_stays_a_refusal(world: World) -> None:
    """One no keeps it sealed."""
    unlock = ask(world, register(world))
    answer(unlock, 0, world.user(Role.SOURCE_CONTROLLER))
    answer(unlock, 1, world.user(Role.CHAIR), is_approved=False)
    with pytest.raises(StillSealed, match="refused"):
        look(world, unlock)


def test_one_person_is_not_two_chains(world: World) -> None:
    """A controller who is chair too belongs to the handling chain, whichever request is answered."""
    unlock = ask(world, register(world))
    both = another(world, Role.CHAIR, "double.duty")
    User.objects.filter(pk=both.pk).update(roles=[Role.CHAIR, Role.SOURCE_CONTROLLER])
    both.refresh_from_db()
    answer(unlock, 0, both)
    answer(unlock, 1, both)
    with pytest.raises(SameChain):
        look(world, unlock)


def test_two_of_one_chain_are_not_enough(world: World) -> None:
    """Two controllers, one of them chair as well."""
    unlock = ask(world, register(world))
    both = another(world, Role.CHAIR, "double.duty")
    User.objects.filter(pk=both.pk).update(roles=[Role.CHAIR, Role.SOURCE_CONTROLLER])
    both.refresh_from_db()
    answer(unlock, 0, world.user(Role.SOURCE_CONTROLLER))
    answer(unlock, 1, both)
    with pytest.raises(SameChain):
        look(world, unlock)


@given(st.sets(st.sampled_from(list(Role))))
def test_each_account_belongs_to_one_chain(roles: set[Role]) -> None:
    """Whoever holds a duty of the desk is never independent."""
    chain = rules.chain_of(roles)

    assert chain in ("", "handling", "independent")
    if roles & {Role.SOURCE_HANDLER, Role.SOURCE_CONTROLLER}:
        assert chain != "independent"
    assert (chain == "handling") == (Role.SOURCE_CONTROLLER in roles)


def test_the_window_closes_in_the_database_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is over, row security gives nothing, even where the application's clock stands still."""
    source = register(world)
    unlock = ask(world, source)
    answer(unlock, 0, world.user(Role.SOURCE_CONTROLLER))
    answer(unlock, 1, world.user(Role.CHAIR))
    early = timezone.now() - timedelta(hours=1)
    with monkeypatch.context() as clock:
        clock.setattr(unlocking.timezone, "now", lambda: early)
        with as_(world.user(Role.SOURCE_HANDLER)) as actor:
            mine = selectors.unlock(unlock.ref, actor=actor)
            services.open_window(actor=actor, unlock=mine)
    with pytest.raises(WindowOver, match="ask for a new unlock"):
        look(world, unlock)
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        selectors.sources(actor=actor)
        with connections["corridor"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM corridor.corridor_identity")
            assert cursor.fetchone()[0] == 0


def test_only_who_asked_looks(world: World) -> None:
    """The controller who approved does not, nor does the handler of another source see the request."""
    unlock = ask(world, register(world))
    answer(unlock, 0, world.user(Role.SOURCE_CONTROLLER))
    answer(unlock, 1, world.user(Role.CHAIR))
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor, pytest.raises(StillSealed):
        services.open_window(actor=actor, unlock=selectors.unlock(unlock.ref, actor=actor))
    with as_(another(world, Role.SOURCE_HANDLER, "other.handler")) as actor, pytest.raises(RecordNotFound):
        selectors.unlock(unlock.ref, actor=actor)


def test_nobody_outside_the_desk_asks(world: World) -> None:
    """An analyst cannot even ask."""
    source = register(world)
    with as_(world.user(Role.OPERATIONAL_ANALYST)) as actor, pytest.raises(NotPermitted):
        services.ask_unlock(actor=actor, source=source, reason="curious to know", hours=1)


def test_the_handler_alone_reads_no_identity_by_sql(world: World) -> None:
    """Row security shuts the table of identities without a window."""
    register(world)
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        assert not Identity.objects.seen_by(actor).exists()
        with connections["corridor"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM corridor.corridor_identity")
            assert cursor.fetchone()[0] == 0


def test_the_log_names_ids_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look is an event, with the source's id and not its name, code name or pseudonym."""
    from openilp.safeguards import audit

    written: list[str] = []
    keep = audit.record
    monkeypatch.setattr(
        audit, "record", lambda event, *more: (written.append(str(event)), keep(event, *more))
    )
    source = register(world)
    meet(world, source)
    draft(world, source)
    unlock = ask(world, source)
    answer(unlock, 0, world.user(Role.SOURCE_CONTROLLER))
    answer(unlock, 1, world.user(Role.CHAIR))
    look(world, unlock)
    log = "\n".join(written)

    assert "corridor.read_identity" in log
    assert str(source.pk) in log
    for word in (*NAME.split(), "Heron", "Brazzik", "danger"):
        assert word not in log


def test_an_erased_source_cannot_be_read_again(world: World) -> None:
    """With its keys destroyed nothing opens: the rows that old copies hold are noise."""
    source = register(world)
    met = meet(world, source)
    controller = world.user(Role.SOURCE_CONTROLLER)
    before = bytes(met.sealed)
    with as_(controller) as actor:
        services.end_source(actor=actor, source=selectors.source(source.ref, actor=actor))
    request = approved(
        services.sources.erasing(source), by=controller, second=world.user(Role.DATA_PROTECTION_OFFICER)
    )
    with as_(controller) as actor:
        services.erase_source(actor=actor, source=selectors.source(source.ref, actor=actor), approval=request)

    assert not vault.exists(source.pk)
    assert before
    with pytest.raises(SourceErased):
        vault.keys_of(source.pk)
    with as_(controller) as actor:
        assert selectors.contacts(selectors.source(source.ref, actor=actor), actor=actor) == []


def test_nobody_erases_alone(world: World) -> None:
    """Without a data protection officer the keys stay."""
    source = register(world)
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor:
        services.end_source(actor=actor, source=selectors.source(source.ref, actor=actor))
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor, pytest.raises(approvals.ApprovalNeeded):
        services.erase_source(actor=actor, source=selectors.source(source.ref, actor=actor), approval=None)
    assert vault.exists(source.pk)


def test_a_refused_registration_leaves_no_key(world: World) -> None:
    """What is rolled back leaves no file behind."""
    from pathlib import Path

    from django.conf import settings

    before = set(Path(settings.OPENILP_CORRIDOR_WRAPS).glob("*"))

    def broken() -> None:
        with as_(world.user(Role.SOURCE_HANDLER)) as actor:
            services.register_source(
                actor=actor,
                identity=IDENTITY,
                profile=rules.Profile("Heron", "In the store"),
                controller=world.user(Role.SOURCE_CONTROLLER),
                review_on=timezone.localdate() + timedelta(days=9),
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    assert set(Path(settings.OPENILP_CORRIDOR_WRAPS).glob("*")) == before
