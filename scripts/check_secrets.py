"""Refuse secrets, and hosts of package registries, in what is committed.

A line that only looks like a secret says so itself: `not a secret: why`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PATTERNS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|AGE-SECRET-KEY-1[0-9A-Z]{20}",
    "access key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "token of a code host": r"\b(?:gh[pousr]_[0-9A-Za-z]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,})",
    "token of a package registry": r"\b(?:npm_[0-9A-Za-z]{30,}|pypi-AgE[\w-]{30,})",
    "token of a chat": r"\bxox[abposr]-[0-9A-Za-z-]{10,}",
    "signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"<>{}$]+:[^\s/:@'\"<>{}$]+@",
    "password in the code": (
        r"(?i)\b(?:password|passwd|secret(?:_key)?|api_?key|auth_?token)['\"]?\s*[:=]\s*"
        r"['\"](?=[^'\"]*[0-9])(?=[^'\"]*[A-Za-z])[^'\"\s{}$%<>]{12,}['\"]"
    ),
    "host of a package registry": r"(?i)\b(?:files\.pythonhosted|(?:test\.)?pypi|registry\.npmjs|registry\.yarnpkg)"
    r"\.(?:org|com)\b",
}
EXCUSE = "not a secret: "
LARGEST_TEXT_BYTES = 5_000_000


def committed() -> list[Path]:
    """Return the files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name]


def findings(path: Path) -> list[str]:
    """Return what is wrong in one file, without repeating the secret."""
    if not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST_TEXT_BYTES:
        return []
    content = path.read_bytes()
    if b"\0" in content[:8192]:
        return []
    return [
        f"{path.relative_to(ROOT)}:{number}: {what}"
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1)
        if EXCUSE not in line
        for what, pattern in PATTERNS.items()
        if re.search(pattern, line)
    ]


def main() -> None:
    """Check every file; end with an error that lists all findings."""
    files = committed()
    found = [finding for path in files for finding in findings(path)]
    if found:
        sys.exit(
            "\n".join(found)
            + f"\n\n{len(found)} lines look like secrets or name a package host. Remove them (and change a secret "
            f"that was ever committed); a harmless line says '{EXCUSE}why'."
        )
    print(f"secrets: none in {len(files)} files")


if __name__ == "__main__":
    main()
