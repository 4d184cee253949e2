"""What reconcile writes replaces what an earlier version wrote, whoever owns it by now."""

import pytest
from django.db import connection

from openilp.safeguards.postgres.owner import as_owner
from openilp.safeguards.postgres.reconcile import is_current, reconcile
from openilp.safeguards.postgres.tables import managed_models


@pytest.mark.django_db(transaction=True)
def test_the_rules_of_an_earlier_version_are_replaced() -> None:
    """With every table marked as of another version, policies, grants and functions are all written again."""
    with as_owner(connection):
        with connection.cursor() as cursor:
            for model in managed_models():
                cursor.execute(f"COMMENT ON TABLE \"{model._meta.db_table}\" IS 'of an earlier version'")
            cursor.execute("COMMENT ON TABLE safeguards_claims_key IS 'of an earlier version'")
        assert not is_current(connection)
        reconcile(connection)

        assert is_current(connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'openilp_relabel'")
            assert cursor.fetchall() == [("openilp_owner",)]
