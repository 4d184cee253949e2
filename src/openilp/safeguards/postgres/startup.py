"""Refuse to start under a database role that could get past row-level security."""

from django.db import connection

from openilp.safeguards.errors import UnsafeDatabaseRole


def check_role() -> None:
    """Check that the connection's role is bound by row-level security.

    Raises:
        UnsafeDatabaseRole: If it is superuser, has BYPASSRLS, or owns any table or is member of a role that does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, is_super, bypasses = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            " AND pg_has_role(current_user, relowner, 'MEMBER')"
        )
        owned = cursor.fetchone()[0]
    if is_super:
        raise UnsafeDatabaseRole(name, "is a superuser")
    if bypasses:
        raise UnsafeDatabaseRole(name, "has BYPASSRLS")
    if owned:
        raise UnsafeDatabaseRole(name, f"owns {owned} of the tables")
