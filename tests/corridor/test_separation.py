"""Two sides of one database that cannot reach each other, and handlers who see their own sources only."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, connections, transaction

from openilp.corridor import selectors, services
from openilp.corridor.models import Apart, Source, tables
from openilp.safeguards.errors import NoActor, NotPermitted, RecordNotFound
from openilp.safeguards.roles import CONTENT, CORRIDOR, Role
from tests.corridor.scenes import another, as_, meet, passed, register
from tests.factories import World

pytestmark = pytest.mark.django_db(databases=["default", "corridor"])


@pytest.mark.parametrize("table", [model._meta.db_table for model in tables()] + ["claims_key"])
def test_the_application_role_cannot_read_the_corridor(world: World, table: str) -> None:
    """Not one table, whatever the actor: the schema itself is shut [COL-08]."""
    with (
        as_(world.user(Role.HEAD_OF_INTELLIGENCE)),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM corridor.{table}")


@pytest.mark.parametrize("table", ["collection_report", "safeguards_user", "safeguards_audit_outbox"])
def test_the_corridors_role_cannot_read_the_rest(world: World, table: str) -> None:
    """Neither police data nor accounts nor the log."""
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(using="corridor"),
        connections["corridor"].cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM public.{table}")


def test_the_owner_of_the_rest_does_not_own_the_corridor(world: World) -> None:
    """Schema and tables belong to a role of their own, and none of the roles bypasses row security."""
    with connections["corridor"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT pg_get_userbyid(c.relowner), c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
            " WHERE c.relnamespace = 'corridor'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'corridor%%'"
        )
        owners = cursor.fetchall()
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'openilp_corridor%%' AND (rolsuper OR rolbypassrls"
            " OR pg_has_role('openilp_app', oid, 'MEMBER') OR pg_has_role('openilp_owner', oid, 'MEMBER'))"
        )
        reaching = cursor.fetchall()

    assert owners == [("openilp_corridor_owner", True)]
    assert reaching == []


def test_no_key_leads_across() -> None:
    """No foreign key between the corridor and any other table; every table of it is one of the protected ones."""
    across = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if field.is_relation
        and (model._meta.app_label == "corridor") != (field.related_model._meta.app_label == "corridor")
    ]

    assert across == []
    assert set(apps.get_app_config("corridor").get_models()) == set(tables())
    assert all(issubclass(model, Apart) for model in tables())


def test_a_handler_sees_own_sources_only(world: World) -> None:
    """Another handler's source is as absent as one that never was."""
    source = register(world)
    other = another(world, Role.SOURCE_HANDLER, "other.handler")
    with as_(other) as actor:
        assert selectors.sources(actor=actor) == []
        with pytest.raises(RecordNotFound):
            selectors.source(source.ref, actor=actor)
    with as_(world.user(Role.SOURCE_HANDLER)) as actor:
        assert [known.row.ref for known in selectors.sources(actor=actor)] == [source.ref]


def test_row_security_holds_without_the_gate(world: World) -> None:
    """SQL on the corridor's own connection gives another handler nothing, and without claims nobody anything."""
    register(world)
    for user, expected in ((another(world, Role.SOURCE_HANDLER, "other.handler"), 0), (None, 0)):
        if user is None:
            with connections["corridor"].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM corridor.corridor_source")
                assert cursor.fetchone()[0] == expected
            continue
        with as_(user) as actor:
            selectors.sources(actor=actor)
            with connections["corridor"].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM corridor.corridor_source")
                assert cursor.fetchone()[0] == expected


def test_forged_claims_are_refused(world: World) -> None:
    """A claim that the corridor's key did not sign raises; the key of the rest signs nothing here."""
    from openilp.safeguards import claims
    from openilp.safeguards.people import actor_for

    register(world)
    forged = claims.signed(actor_for(world.user(Role.SOURCE_HANDLER)))
    with transaction.atomic(using="corridor"), connections["corridor"].cursor() as cursor:
        cursor.execute("SELECT set_config('corridor.claims', %s, true)", [forged])
        with pytest.raises(ProgrammingError, match="not signed"):
            cursor.execute("SELECT count(*) FROM corridor.corridor_source")
        transaction.set_rollback(True, using="corridor")


def test_desk_and_process_do_not_see_each_other(world: World) -> None:
    """Handlers hold no duty in content, and no analyst opens a handler's file."""
    source = register(world)
    meet(world, source)

    assert not CORRIDOR & CONTENT
    for role in sorted(CONTENT):
        with as_(world.user(role)) as actor:
            assert selectors.sources(actor=actor) == [], role
            with pytest.raises(NotPermitted):
                services.end_source(actor=actor, source=source)


def test_without_an_actor_the_desk_is_mute(world: World) -> None:
    """A question without an actor raises."""
    with pytest.raises(NoActor):
        list(Source.objects.filter(ref="SO-2222-2222"))


def test_pseudonyms_differ_and_cannot_be_joined(world: World) -> None:
    """Two reports of one source carry different pseudonyms; nothing in the hatch ties them together."""
    source = register(world)
    one = passed(world, source)
    other = passed(world, source, "Two men unload the goods at the back door.")
    with as_(world.user(Role.INTELLIGENCE_OFFICER)) as actor:
        rows = {row.pseudonym: row for row in selectors.hatch(actor=actor)}
        columns = {f.attname for f in type(rows[one])._meta.fields}
    texts = {str(getattr(row, name)) for row in rows.values() for name in columns}

    assert one != other
    assert set(rows) == {one, other}
    assert not texts & {source.ref, str(source.pk), str(source.handler_id)}
    assert {row.created_at.hour for row in rows.values()} == {0}
    with as_(world.user(Role.SOURCE_CONTROLLER)) as actor:
        assert selectors.source_behind(one, actor=actor).pk == source.pk
    with as_(world.user(Role.INTELLIGENCE_OFFICER)) as actor:
        assert selectors.source_behind(one, actor=actor) is None
