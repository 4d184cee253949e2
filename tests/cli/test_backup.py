"""A backup is taken while the instance lives, restored into an empty place, proved whole, and then the very same."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db.migrations.loader import MigrationLoader

from tests.cli import keeping
from tests.cli.instances import External, openilp

_ROOT = Path(__file__).parents[2]


def kept(home: Path, verb: str = "read") -> dict[str, object]:
    """Return what an instance holds, read by the account that wrote it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENILP_", "DATABASE_URL", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.keeping", verb],
        env={**clean, "OPENILP_HOME": str(home), **VOLATILE, "PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


#: Fast where a crash of the machine need not be survived.
VOLATILE = {"OPENILP_VOLATILE": "1"}


@dataclass(frozen=True)
class Copied:
    """A backup with its keys, and what was printed when it was taken."""

    backup: Path
    keys: Path
    said: str

    @property
    def digest(self) -> str:
        """The hash that is kept elsewhere."""
        return self.said.split("--digest): ")[1].split()[0]


def take(home: Path, place: Path, **environment: str) -> Copied:
    """Take a backup of an instance."""
    made = Copied(place / "backup", place / "keys", "")
    done = openilp(home, "backup", str(made.backup), f"--keys={made.keys}", **VOLATILE, **environment)
    assert done.returncode == 0, done.stderr
    return Copied(made.backup, made.keys, done.stdout)


@pytest.fixture(scope="module")
def dumped(founded: Path, external: External) -> Copied:
    """The backup of an external database, taken with the backup role and nothing else."""
    kept(founded, "write")
    with psycopg.connect(external.url, autocommit=True) as connection:
        connection.execute("ALTER ROLE openilp_backup PASSWORD 'of the backups'")
    url = external.url.rsplit("@", 1)[1].rsplit("/", 1)[0]
    role = f"postgresql://openilp_backup:of%20the%20backups@{url}/openilp"  # not a secret: of a test
    return take(founded, external.home / "dumped", OPENILP_BACKUP_URL=role)


@pytest.fixture(scope="module")
def restored(dumped: Copied, external: External) -> Iterator[Path]:
    """An instance with an embedded server, restored from that dump."""
    home = external.home / "restored"
    done = openilp(home, "restore", str(dumped.backup), f"--keys={dumped.keys}", **VOLATILE)
    assert done.returncode == 0, done.stderr + done.stdout
    yield home
    openilp(home, "stop", **VOLATILE)


def test_a_dump_is_restored_into_an_empty_place_and_proved(dumped: Copied, restored: Path) -> None:
    """From an external server into an embedded one: texts, files, log and walls are what they were [ADM-03]."""
    found = kept(restored)

    assert found["texts"] == [keeping.TEXT]
    assert found["files"] == [keeping.FILE.decode()]
    assert found["without_claims"] == 0
    done = openilp(restored, "audit", "verify", f"--state={restored.parent / 'pins'}", "--json", **VOLATILE)
    assert json.loads(done.stdout)["whole"] is True, done.stdout
    assert openilp(restored, "doctor", **VOLATILE).returncode == 0


def claims_pads(url: str) -> set[bytes]:
    """Return the copies of the claims keys that a database holds, as its superuser reads them."""
    sql = (
        "SELECT inner_pad, outer_pad FROM safeguards_claims_key UNION ALL"
        " SELECT inner_pad, outer_pad FROM corridor.claims_key"
    )
    with psycopg.connect(url) as connection:
        return {bytes(pad) for row in connection.execute(sql).fetchall() for pad in row}


def test_a_restore_makes_new_claims_keys(founded: Path, restored: Path, external: External) -> None:
    """The copy in the backup opens nothing; what imports and fingerprints rest on stays the same [LEG-14]."""
    here = (
        "from openilp.safeguards.postgres.instance import Instance\n"
        "print(Instance.here().server.dsn(dbname='openilp'))"
    )
    embedded = subprocess.run(
        [sys.executable, "-c", here],
        env={**os.environ, **VOLATILE, "OPENILP_HOME": str(restored), "PYTHONPATH": str(_ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    before, after = claims_pads(external.url.rsplit("/", 1)[0] + "/openilp"), claims_pads(embedded)

    assert len(before) == len(after) == 4
    assert not before & after
    keys = [
        {path.name: path.read_text() for path in (home / "keys").glob("*.key")}
        for home in (founded, restored)
    ]
    assert {name for name in keys[0] if keys[0][name] != keys[1][name]} == {"claims.key"}


@pytest.mark.deep
def test_what_was_erased_after_the_backup_stays_erased(
    dumped: Copied, founded: Path, external: External
) -> None:
    """The younger ledger is applied before anybody is let in."""
    kept(founded, "forget")
    home = external.home / "forgotten"
    newest = founded / "erasures"
    done = openilp(
        home,
        *("restore", str(dumped.backup), f"--keys={dumped.keys}", f"--erasures={newest}"),
        **VOLATILE,
    )

    assert done.returncode == 0, done.stderr + done.stdout
    assert "1 records were back and are erased again" in done.stdout
    found = kept(home)
    assert (found["texts"], found["files"]) == ([], [])
    openilp(home, "stop", **VOLATILE)


def test_what_waited_in_the_outbox_is_logged_after_the_restore(restored: Path) -> None:
    """An event that the log did not have yet when the copy was taken is not lost."""
    events = "".join(path.read_text() for path in sorted((restored / "audit" / "segments").iterdir()))

    assert "test.still_waits" in events
    assert events.count('"test.write"') == 1


@pytest.mark.deep
def test_the_embedded_server_is_copied_while_it_works_and_restored(
    restored: Path, external: External
) -> None:
    """The files of the server themselves, checked by its own manifest and ours; nothing of the copied one is needed."""
    before = kept(restored)
    copied = take(restored, external.home / "copied")
    home = external.home / "again"
    where = ["restore", str(copied.backup), f"--keys={copied.keys}", f"--digest={copied.digest}"]
    done = openilp(home, *where, **VOLATILE)

    assert done.returncode == 0, done.stderr + done.stdout
    assert "Doctor: 8 findings, all well." in done.stdout
    assert kept(home) == before
    assert openilp(home, *where, **VOLATILE).returncode == 2
    openilp(home, "stop", **VOLATILE)


@pytest.mark.deep
def test_a_drill_proves_a_backup_and_leaves_nothing(dumped: Copied, external: External) -> None:
    """`restore --verify` restores beside everything that is, and removes it."""
    nowhere = external.home / "nowhere"
    done = openilp(
        nowhere,
        *("restore", str(dumped.backup), f"--keys={dumped.keys}", "--verify"),
        **VOLATILE,
        TMPDIR=str(external.home),
    )

    assert done.returncode == 0, done.stderr
    assert "The drill went well" in done.stdout
    assert "as many as there were" in done.stdout
    assert not nowhere.exists()
    assert not list(external.home.glob("openilp-drill-*"))


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "link", "manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    dumped: Copied, external: External, harm: str
) -> None:
    """One byte, one file more or less, a link that leads out, a manifest that was written anew."""
    backup = external.home / f"damaged-{harm}"
    shutil.copytree(dumped.backup, backup)
    victim = next(path for path in (backup / "home").rglob("*") if path.is_file())
    if harm == "changed":
        victim.write_bytes(victim.read_bytes()[:-1] + b"X")
    elif harm == "missing":
        victim.unlink()
    elif harm == "added":
        (backup / "home" / "more").write_text("more")
    elif harm == "link":
        victim.unlink()
        victim.symlink_to("/etc/passwd")
    else:
        path = backup / "manifest.json"
        path.write_text(path.read_text().replace('"kind": "dump"', '"kind":  "dump"'))
    home = external.home / "never"
    done = openilp(
        home, *("restore", str(backup), f"--keys={dumped.keys}", f"--digest={dumped.digest}"), **VOLATILE
    )

    assert done.returncode == 2
    assert "is damaged" in done.stderr
    assert not home.exists()


def test_keys_and_log_ins_are_in_no_backup(dumped: Copied, founded: Path, external: External) -> None:
    """They are copied elsewhere, and a place inside the backup is refused [LEG-14]."""
    secrets = [path.read_bytes().strip() for path in (founded / "keys").glob("*.key")]
    secrets += [json.loads((founded / "instance.json").read_text())["OPENILP_SEQUENCER_PASSWORD"].encode()]
    everything = b"".join(path.read_bytes() for path in dumped.backup.rglob("*") if path.is_file())

    assert len(secrets) >= 5
    assert not [secret for secret in secrets if secret in everything]
    assert all(path.stat().st_mode & 0o077 == 0 for path in dumped.keys.rglob("*.key"))
    refused = openilp(founded, "backup", str(external.home / "b"), f"--keys={external.home / 'b' / 'keys'}")
    assert refused.returncode == 2
    assert "whoever steals the backup" in refused.stderr
    assert not (external.home / "b").exists()


def test_the_backup_role_reads_everything_and_writes_nothing(dumped: Copied, external: External) -> None:
    """It is bound by no row security and by no right to write."""
    url = external.url.rsplit("@", 1)[1].rsplit("/", 1)[0]
    role = f"postgresql://openilp_backup:of%20the%20backups@{url}/openilp"  # not a secret: of a test
    with psycopg.connect(role) as connection:
        assert connection.execute("SELECT count(*) FROM collection_item").fetchone() == (1,)
        connection.rollback()
        connection.execute("SET default_transaction_read_only = off")
        connection.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM collection_item")


def test_without_the_backup_role_no_external_backup_is_taken(founded: Path, external: External) -> None:
    """The application's own role would copy nothing but empty tables."""
    done = openilp(founded, "backup", str(external.home / "none"))

    assert done.returncode == 2
    assert "OPENILP_BACKUP_URL" in done.stderr


def test_a_restore_that_broke_off_stays_shut(external: External) -> None:
    """Until it is proved, nobody opens it."""
    home = external.home / "half"
    home.mkdir()
    (home / "restore-unfinished").touch()
    done = openilp(home, "doctor", **VOLATILE)

    assert done.returncode == 1
    assert "stays shut" in done.stdout


def test_an_instance_is_carried_to_the_next_version_with_a_backup_first(
    restored: Path, external: External
) -> None:
    """An older database is not served; `openilp upgrade` copies it, carries it over, and the copy is the older one."""
    step_back(restored)
    before = openilp(restored, "serve", "--port=1", **VOLATILE)
    assert before.returncode == 2
    assert "1 steps behind" in before.stderr
    target, keys = external.home / "upgrade", external.home / "upgrade-keys"
    done = openilp(restored, "upgrade", f"--backup={target}", f"--keys={keys}", **VOLATILE)

    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.index(f"Backup {target}") < done.stdout.index("• database: 1 migrations")
    assert kept(restored)["texts"] == [keeping.TEXT]
    assert "nothing is to be done" in openilp(restored, "upgrade", **VOLATILE).stdout
    older = json.loads((target / "manifest.json").read_text())["steps"]
    now = {app: max(name for of, name in MigrationLoader(None).disk_migrations if of == app) for app in older}
    assert {app for app in now if older[app] != now[app]} == {STEPPED}


STEPPED = "evaluation"


def step_back(home: Path) -> None:
    """Put the database of an instance back by one migration."""
    code = (
        "from openilp.cli import running; running.open_database()\n"
        "from django.core.management import call_command\n"
        "from django.db.migrations.loader import MigrationLoader\n"
        f"names = sorted(name for app, name in MigrationLoader(None).disk_migrations if app == '{STEPPED}')\n"
        f"call_command('migrate', '{STEPPED}', names[-2] if len(names) > 1 else 'zero', verbosity=0)\n"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENILP_", "DATABASE_URL", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **clean,
            **VOLATILE,
            "OPENILP_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "openilp.web.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
