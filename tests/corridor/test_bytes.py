"""A search for a source's name over everything that is written finds nothing; it does find what is not sealed."""

import base64
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from openilp.corridor import selectors
from openilp.safeguards.postgres.instance import Instance
from openilp.safeguards.roles import Role
from tests.corridor.scenes import IDENTITY, NAME, NOTES, as_, meet, passed, register
from tests.factories import make_world

pytestmark = pytest.mark.django_db(databases=["default", "corridor"], transaction=True)

SECRETS = (
    NAME,
    NAME.split()[1],
    "Квирвальдо",
    IDENTITY.address,
    IDENTITY.telephone,
    NOTES[:40],
    "Heron-Marsh",
)


def forms_of(text: str) -> set[bytes]:
    """Return the bytes by which a text could be found: encodings, cases, hex, base64, JSON escapes."""
    found: set[bytes] = set()
    for shape in (text, text.lower(), text.upper(), text.replace(" ", "")):
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            found.add(shape.encode(coding))
        plain = shape.encode()
        found |= {
            plain.hex().encode(),
            plain.hex().upper().encode(),
            base64.b64encode(plain).rstrip(b"=")[:-1],
        }
        found.add(json.dumps(shape)[1:-1].encode())
    return found


def holding(text: str, folders: list[Path]) -> list[str]:
    """Return the files that hold a text in any form."""
    wanted = forms_of(text)
    return [
        str(path)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in wanted)
    ]


@pytest.fixture
def written(tmp_path: Path) -> tuple[list[Path], str]:
    """Everything that a source's story leaves on disk: data folder with indexes and WAL, dumps, exports, home."""
    world = make_world()
    source = register(world, code_name="Heron-Marsh")
    meet(world, source)
    passed(world, source)
    client = Client()
    client.force_login(world.user(Role.SOURCE_HANDLER))
    for path in ("/corridor/", f"/corridor/sources/{source.ref}"):
        assert client.get(path).status_code == 200
    server = Instance.here().server
    with psycopg.connect(server.dsn(dbname=connection.settings_dict["NAME"]), autocommit=True) as root:
        root.execute("CHECKPOINT")
        root.execute("SELECT pg_switch_wal()")
        dumped = tmp_path / "dump"
        dumped.mkdir()
        tables = root.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'corridor')"
        ).fetchall()
        for (table,) in tables:
            with (
                (dumped / f"{table}.copy").open("wb") as file,
                root.cursor().copy(f"COPY {table} TO STDOUT") as out,
            ):
                file.writelines(bytes(block) for block in out)
    officer = Client()
    officer.force_login(world.user(Role.INTELLIGENCE_OFFICER))
    (tmp_path / "hatch.html").write_bytes(officer.get("/corridor/hatch").content)
    (tmp_path / "alerts.html").write_bytes(officer.get("/alerts").content)
    return [server.data_folder, Path(settings.OPENILP_HOME) / "keys", tmp_path], source.ref


def test_nothing_that_is_written_holds_the_name(written: tuple[list[Path], str]) -> None:
    """Tables, indexes, write-ahead log, server log, dump, exports and keys [COL-08]."""
    folders, _ = written

    assert {secret: holding(secret, folders) for secret in SECRETS} == {secret: [] for secret in SECRETS}


def test_the_search_finds_what_is_not_sealed(written: tuple[list[Path], str]) -> None:
    """The reference of the source stands in table, index, write-ahead log and dump: the search would have found it."""
    folders, ref = written
    found = holding(ref, folders)

    assert any("pg_wal" in path for path in found)
    assert any("/base/" in path for path in found)
    assert any(path.endswith(".copy") for path in found)


def test_the_desk_itself_reads_what_it_wrote(written: Any) -> None:
    """What nobody finds is there: the handler reads the note."""
    from openilp.safeguards.models import User

    _, ref = written
    with as_(User.objects.get(username="source_handler")) as actor:
        row = selectors.source(ref, actor=actor)
        assert selectors.contacts(row, actor=actor)[0].held["notes"] == NOTES
