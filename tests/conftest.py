"""Every test runs against a real PostgreSQL, as the application role, under row-level security."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest_plugins = ["tests.not_run", "tests.hypothesis_profiles", "tests.factories"]


@pytest.fixture(scope="session")
def database_server() -> None:
    """Start the embedded server once; it stays for the next run."""
    from openilp.safeguards.postgres.instance import Instance

    Instance.here().ensure_running(createdb=True)


@pytest.fixture(scope="session")
def django_db_setup(
    database_server: None,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Create the test database as its owner; tests then run as the application role."""
    from django.db import connection, connections
    from django.test.utils import setup_databases, teardown_databases

    from openilp.corridor import security
    from openilp.safeguards.postgres.owner import as_owner

    with django_db_blocker.unblock(), as_owner(connection):
        made = setup_databases(verbosity=0, interactive=False, keepdb=django_db_keepdb, serialized_aliases=[])
    with django_db_blocker.unblock():
        security.bring_up_to_date()
    yield
    with django_db_blocker.unblock(), as_owner(connection):
        connections["corridor"].close()
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hash passwords cheaply: argon2id is meant to be slow, and its own test asks for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def act(db: None) -> Callable[..., Any]:
    """Return `acting` for tests: `with act(user, matter) as actor:` opens a block and hands out its actor."""
    from openilp.safeguards.acting import acting
    from openilp.safeguards.people import actor_for

    @contextmanager
    def run(user: Any, matter: Any = None, action: str = "test") -> Iterator[Any]:
        actor = actor_for(user, purpose=matter.pk if matter is not None else None)
        with acting(actor, action):
            yield actor

    return run
