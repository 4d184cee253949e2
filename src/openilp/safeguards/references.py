"""Short random references that people can read out: `R-7K4M-2QXD`, never a number in sequence."""

import re
import secrets

#: No vowels (no words), no 0/O, 1/I.
ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
_PATTERN = re.compile(rf"^([A-Z]{{1,3}})-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}$")


def new(prefix: str) -> str:
    """Return a fresh reference such as `R-7K4M-2QXD`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def prefix_of(reference: str) -> str | None:
    """Return the prefix of a well-formed reference, or nothing."""
    found = _PATTERN.match(reference.strip().upper())
    return found.group(1) if found else None
