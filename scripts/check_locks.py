"""Audit the locks: every package pinned and hashed, no host named, every licence compatible with EUPL-1.2.

Licences are read from the installed packages and from the front end's lock.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "locks"
FRONTEND_LOCK = ROOT / "frontend" / "package-lock.json"

PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,_-]+\])?==(?P<version>[^\s;\\]+)", re.IGNORECASE
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
INTEGRITY = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")
ADDRESS = re.compile(r"[a-z]+://|--(?:extra-)?index-url|--find-links|--trusted-host", re.IGNORECASE)

PERMISSIVE = {
    *(
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-0-Clause",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
    ),
    *("OFL-1.1", "PSF-2.0", "Unlicense", "Zlib"),
    # The older way to say it in Python packages.
    *("Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"),
    "Python Software Foundation License",
}
COPYLEFT = {
    # Compatible by the appendix of the EUPL or usable as unmodified libraries.
    *("EUPL-1.2", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"),
    *("GPL-2.0-or-later", "Mozilla Public License 2.0 (MPL 2.0)"),
    "GNU General Public License v2 or later (GPLv2+)",
}
ALLOWED = PERMISSIVE | COPYLEFT

NOTED = {
    # What a package says too loosely, read in its licence file.
    "igraph": "GPL-2.0-or-later",
}


def locked(lock: Path) -> tuple[dict[str, str], list[str]]:
    """Return the pinned versions of a lock by name, and what is wrong with it."""
    pins: dict[str, str] = {}
    faults: list[str] = []
    text = lock.read_text().replace("\\\n", " ")
    for number, line in enumerate(text.splitlines(), 1):
        if ADDRESS.search(line) and not line.startswith("#"):
            faults.append(f"{lock.name}: names a host: {line.strip()}")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pin = PIN.match(line)
        if pin is None:
            faults.append(f"{lock.name}: entry {number} pins nothing: {line.strip()[:80]}")
        elif not HASH.search(line):
            faults.append(f"{lock.name}: {pin['name']} has no hash")
        else:
            pins[normal(pin["name"])] = pin["version"]
    return pins, faults


def normal(name: str) -> str:
    """Return the normal form of a Python package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def said_licence(package: str) -> str | None:
    """Return the licence that an installed package states, as an expression; None when not installed."""
    try:
        about = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return None
    if package in NOTED:
        return NOTED[package]
    if "License-Expression" in about:
        return about["License-Expression"]
    classified = [
        value.rpartition(" :: ")[2]
        for value in about.get_all("Classifier") or []
        if value.startswith("License :: ")
    ]
    if classified:
        return " OR ".join(f'"{name}"' for name in classified)
    return about["License"].strip() if "License" in about else "(none)"


def is_allowed(expression: str) -> bool:
    """Return whether a licence expression leaves a choice that is on the list."""
    if expression.strip('"') in ALLOWED:
        return True
    flat = expression.replace("(", " ").replace(")", " ") if '"' not in expression else expression
    return any(
        all(part.strip().strip('"') in ALLOWED for part in choice.split(" AND "))
        for choice in flat.split(" OR ")
    )


def audit_python() -> tuple[list[str], int]:
    """Return what is wrong with the Python locks, and how many packages they pin."""
    faults: list[str] = []
    pins: dict[str, dict[str, str]] = {}
    for lock in sorted(LOCKS.glob("*.txt")):
        pins[lock.stem], wrong = locked(lock)
        faults += wrong
    for name, version in pins["runtime"].items():
        if pins["dev"].get(name) != version:
            faults.append(
                f"dev.txt: {name} is not {version} as in runtime.txt; tests would try something else"
            )
    for extra in sorted(pins.keys() - {"runtime", "dev", "uv"}):
        for name, version in pins[extra].items():
            if pins["dev"].get(name, version) != version:
                faults.append(
                    f"{extra}.txt: {name} is not {pins['dev'][name]} as in dev.txt; compile it again"
                )
    everything = {name: version for lock in pins.values() for name, version in lock.items()}
    for name in sorted(everything):
        licence = said_licence(name)
        if licence is not None and not is_allowed(licence):
            faults.append(f"{name}: licence {licence} is not on the list; see {Path(__file__).name}")
    return faults, len(everything)


def audit_front_end() -> tuple[list[str], int]:
    """Return what is wrong with the front end's lock, and how many packages it pins."""
    faults: list[str] = []
    packages = json.loads(FRONTEND_LOCK.read_text())["packages"]
    for path, package in packages.items():
        if not path:
            continue
        name = path.rpartition("node_modules/")[2]
        if "resolved" in package:
            faults.append(f"{FRONTEND_LOCK.name}: {name} names an address")
        if not INTEGRITY.search(package.get("integrity", "")):
            faults.append(f"{FRONTEND_LOCK.name}: {name} has no hash")
        if not is_allowed(package.get("license", "(none)")):
            faults.append(
                f"{FRONTEND_LOCK.name}: {name}: licence {package.get('license')} is not on the list; "
                f"see {Path(__file__).name}"
            )
    return faults, len(packages) - 1


def main() -> None:
    """Audit both; end with an error that lists all faults."""
    python_faults, python_count = audit_python()
    front_end_faults, front_end_count = audit_front_end()
    if faults := python_faults + front_end_faults:
        sys.exit("\n".join(faults))
    print(
        f"locks: {python_count} Python and {front_end_count} front-end packages, hashed, licences compatible"
    )


if __name__ == "__main__":
    main()
