"""Found a production instance: everything that must exist before the first log-in."""

import csv
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from openilp import reference
from openilp.cli import running
from openilp.safeguards.errors import AccountError, InvalidInput
from openilp.safeguards.postgres.bootstrap import (
    APP,
    BACKUP,
    CORRIDOR,
    CORRIDOR_OWNER,
    OWNER,
    SEQUENCER,
    bootstrap,
    ensure_backup_role,
)
from openilp.safeguards.postgres.home import openilp_home
from openilp.safeguards.postgres.instance import CONFIGURATION, Instance


@dataclass(frozen=True)
class Founding:
    """What a new instance is to be."""

    superuser_url: str
    database: str
    units: Path | None
    profile: str
    agency: str
    administrator: str
    full_name: str
    password: str


class UnitsFileBroken(InvalidInput):
    """Say what is wrong with the file of units."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        self.path, self.line = path, line
        super().__init__(f"{path}, line {line}: {why}")


def found(wanted: Founding) -> Iterator[str]:
    """Make roles, database, keys, schema, units and the first administrator; yield what was done.

    Raises:
        AccountError: If the instance has accounts already.
        UnitsFileBroken: If the units cannot be read; nothing is written then.
    """
    reference.national_profile(wanted.profile)
    units = _read_units(wanted.units, wanted.agency)
    home = openilp_home()
    if (home / CONFIGURATION).exists():
        raise AccountError(f"{home} holds an instance already; choose another OPENILP_HOME.")
    noted = {"OPENILP_AGENCY": wanted.agency, "OPENILP_PROFILE": wanted.profile}
    kept_elsewhere: list[str] = []
    if wanted.superuser_url:
        kept_elsewhere = make_external(wanted.superuser_url, wanted.database, home, noted)
        yield f"Database '{wanted.database}': roles made; log-ins kept in {home / CONFIGURATION} (0600)."
    else:
        yield "Database: embedded server (give --superuser-url for your own)."
        _write(home, noted)
    Instance.here().ensure_running()
    running.load_django()
    running.bring_up_to_date(say=False)
    yield "Schema, policies and grants are in place."
    yield from _first_people(wanted, units)
    yield from kept_elsewhere


def make_external(superuser_url: str, database: str, home: Path, noted: dict[str, str]) -> list[str]:
    """Make roles and the empty database on an external server, and note the log-ins of those who work there.

    The owners' passwords stand in the environment of this process only.

    Returns:
        What has to be kept elsewhere, as lines to print.
    """
    made = {role: secrets.token_urlsafe(24) for role in (OWNER, APP, SEQUENCER, CORRIDOR, CORRIDOR_OWNER)}
    copying = secrets.token_urlsafe(24)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        bootstrap(connection, database=database, passwords=made)
        ensure_backup_role(connection, database=database, password=copying)
        at = f"{quote(connection.info.host, safe='')}:{connection.info.port}/{database}"
    _write(
        home,
        {
            "DATABASE_URL": f"postgresql://{APP}:{quote(made[APP])}@{at}",
            "OPENILP_SEQUENCER_PASSWORD": made[SEQUENCER],
            "OPENILP_CORRIDOR_PASSWORD": made[CORRIDOR],
            **noted,
        },
    )
    os.environ["OPENILP_OWNER_PASSWORD"] = made[OWNER]
    os.environ["OPENILP_CORRIDOR_OWNER_PASSWORD"] = made[CORRIDOR_OWNER]
    return [
        f"Keep the password of '{OWNER}' for upgrades (it is stored nowhere): {made[OWNER]}",
        f"The same for '{CORRIDOR_OWNER}', apart from the first: {made[CORRIDOR_OWNER]}",
        f"For backups (stored nowhere): OPENILP_BACKUP_URL=postgresql://{BACKUP}:{quote(copying)}@{at}",
    ]


def _write(home: Path, values: dict[str, str]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    path = home / CONFIGURATION
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(values, file, indent=2)
    for name, value in values.items():
        os.environ[name] = value


def _read_units(path: Path | None, agency: str) -> list[dict[str, str]]:
    if path is None:
        return [{"code": "HQ", "name": agency, "organisation_level": "national", "parent_code": ""}]
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    known: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if not row.get("code") or not row.get("name"):
            raise UnitsFileBroken(path, number, "code and name are needed.")
        if row.get("parent_code") and row["parent_code"] not in known:
            raise UnitsFileBroken(path, number, f"parent '{row['parent_code']}' does not stand above it.")
        reference.vocabulary("organisation-levels").require(row.get("organisation_level", ""))
        known.add(row["code"])
    return rows


def _first_people(wanted: Founding, units: list[dict[str, str]]) -> Iterator[str]:
    from django.db import transaction

    from openilp.safeguards.models import Unit, User
    from openilp.safeguards.people import make_account
    from openilp.safeguards.roles import Role

    if User.objects.exists():
        raise AccountError("This instance has accounts already; an administrator opens further ones.")
    with transaction.atomic():
        made: dict[str, Unit] = {}
        for row in units:
            made[row["code"]] = Unit.objects.create(
                code=row["code"],
                name=row["name"],
                organisation_level=row["organisation_level"],
                parent=made.get(row.get("parent_code", "")),
            )
        make_account(
            username=wanted.administrator,
            full_name=wanted.full_name,
            unit=next(iter(made.values())),
            roles=[Role.ADMINISTRATOR],
            clearance=0,
            password=wanted.password,
        )
    yield f"{len(made)} unit(s); administrator '{wanted.administrator.lower()}' (sees no content)."
