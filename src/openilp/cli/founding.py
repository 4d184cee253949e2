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
    CORRIDOR,
    CORRIDOR_OWNER,
    OWNER,
    SEQUENCER,
    bootstrap,
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
    owner_password, corridor_password = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    home = openilp_home()
    if (home / CONFIGURATION).exists():
        raise AccountError(f"{home} holds an instance already; choose another OPENILP_HOME.")
    if wanted.superuser_url:
        yield _external(wanted, home, owner_password, corridor_password)
        os.environ["OPENILP_OWNER_PASSWORD"] = owner_password
        os.environ["OPENILP_CORRIDOR_OWNER_PASSWORD"] = corridor_password
    else:
        yield "Database: embedded server (give --superuser-url for your own)."
        _write(home, {"OPENILP_AGENCY": wanted.agency, "OPENILP_PROFILE": wanted.profile})
    Instance.here().ensure_running()
    running.load_django()
    running.bring_up_to_date(say=False)
    yield "Schema, policies and grants are in place."
    yield from _first_people(wanted, units)
    if wanted.superuser_url:
        yield f"Keep the password of '{OWNER}' for upgrades (it is stored nowhere): {owner_password}"
        yield f"The same for '{CORRIDOR_OWNER}', apart from the first: {corridor_password}"


def _external(wanted: Founding, home: Path, owner_password: str, corridor_password: str) -> str:
    app, sequencer, corridor = (secrets.token_urlsafe(24) for _ in range(3))
    with psycopg.connect(wanted.superuser_url, autocommit=True) as connection:
        bootstrap(
            connection,
            database=wanted.database,
            passwords={
                OWNER: owner_password,
                APP: app,
                SEQUENCER: sequencer,
                CORRIDOR: corridor,
                CORRIDOR_OWNER: corridor_password,
            },
        )
        info = connection.info
        host, port = quote(info.host, safe=""), info.port
    _write(
        home,
        {
            "DATABASE_URL": f"postgresql://{APP}:{quote(app)}@{host}:{port}/{wanted.database}",
            "OPENILP_SEQUENCER_PASSWORD": sequencer,
            "OPENILP_CORRIDOR_PASSWORD": corridor,
            "OPENILP_AGENCY": wanted.agency,
            "OPENILP_PROFILE": wanted.profile,
        },
    )
    return f"Database '{wanted.database}': roles made; log-ins kept in {home / CONFIGURATION} (0600)."


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
