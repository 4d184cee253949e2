"""What a verifier knows from elsewhere: whose log it is, whose keys and witnesses count, and how it was last time.

Pins lie with the verifier, never with the log: whoever can change the log must not be able to change them.
"""

import base64
import json
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from openilp.safeguards.log import segments
from openilp.safeguards.log.errors import KeyBroken, NoLog
from openilp.safeguards.log.notes import COSIGNATURE_ED25519, ED25519, Verifier
from openilp.safeguards.log.published import Identity
from openilp.safeguards.log.tree import EMPTY_ROOT, HASH_BYTES

#: Of each leaf so much is kept: enough to say which event has changed; that one has is said by the whole root.
PREFIX_BYTES = 8
_PINS, _PREFIXES = "pins.json", "leaves"


@dataclass(frozen=True)
class Policy:
    """Whom a verifier believes, and how much time it grants.

    `quorum` witnesses must have cosigned what is called witnessed. `slack_s` is the longest that an event may wait for
    its transaction to end; `unwitnessed_s` the longest that a log may go without its witnesses.
    """

    origin: str
    keys: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...] = ()
    quorum: int = 0
    slack_s: int = 3900
    unwitnessed_s: int = 86_400

    @classmethod
    def of(cls, identity: Identity) -> "Policy":
        """Return the policy of a first look: what the log says of itself, all its witnesses asked for."""
        witnesses = tuple(witness.key for witness in identity.witnesses)
        return cls(identity.origin, identity.keys, witnesses, quorum=len(witnesses))

    @classmethod
    def read(cls, path: Path) -> "Policy":
        """Read a policy from a JSON file.

        Raises:
            NoLog: If it cannot be read.
        """
        try:
            return cls.from_json(json.loads(path.read_text()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoLog(str(path), f"the policy cannot be read: {error!r}") from error

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Policy":
        """Return the policy that a JSON object describes."""
        keys = tuple(Verifier.parse(key) for key in found["keys"])
        witnesses = tuple(Verifier.parse(key) for key in found.get("witnesses", []))
        for key in [*keys, *witnesses]:
            if key.kind != (ED25519 if key in keys else COSIGNATURE_ED25519):
                raise KeyBroken(str(key), "a log's key has type 1, a witness's type 4.")
        numbers = {name: int(found[name]) for name in ("quorum", "slack_s", "unwitnessed_s") if name in found}
        made = cls(found["origin"], keys, witnesses, **numbers)
        if not keys or not 0 <= made.quorum <= len(witnesses):
            raise ValueError("a key is needed, and a quorum of no more than the witnesses")
        return made

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "origin": self.origin,
            "keys": [str(key) for key in self.keys],
            "witnesses": [str(key) for key in self.witnesses],
            "quorum": self.quorum,
            "slack_s": self.slack_s,
            "unwitnessed_s": self.unwitnessed_s,
        }


@dataclass(frozen=True)
class Pins:
    """A policy, and what was verified under it last: size, root, and the latest cosignature of each witness."""

    folder: Path
    policy: Policy
    size: int = 0
    root: bytes = EMPTY_ROOT
    cosigned: dict[str, tuple[int, int]] = field(default_factory=dict)
    verified_at: str = ""
    #: Keys that are pinned by this very look; people have to compare them.
    fresh: tuple[Verifier, ...] = ()

    @property
    def is_first(self) -> bool:
        """Tell whether nothing was verified yet."""
        return not self.verified_at

    def prefixes(self, first: int, count: int) -> bytes:
        """Return what is kept of the leaves from an index on."""
        path = self.folder / _PREFIXES
        if not path.exists():
            return b""
        with path.open("rb") as file:
            file.seek(first * PREFIX_BYTES)
            return file.read(count * PREFIX_BYTES)

    def keep(self, *, size: int, root: bytes, cosigned: dict[str, tuple[int, int]], prefixes: Path) -> None:
        """Replace the pins by what was just verified."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        made = replace(self, size=size, root=root, cosigned=cosigned, verified_at=now)
        prefixes.replace(self.folder / _PREFIXES)
        body = {
            "policy": self.policy.to_json(),
            "size": made.size,
            "root": base64.b64encode(made.root).decode(),
            "cosigned": {key: list(pair) for key, pair in made.cosigned.items()},
            "verified_at": made.verified_at,
        }
        segments.replace(self.folder / _PINS, json.dumps(body, indent=2) + "\n")


def home() -> Path:
    """Return where pins lie unless the caller says otherwise: with the account that verifies."""
    if named := os.environ.get("OPENILP_AUDIT_PINS"):
        return Path(named).expanduser().absolute()
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "openilp" / "audit"


def folder_of(log: Path, base: Path, identity: Identity | None) -> Path:
    """Return the folder of a log's pins: one for each origin, and a place keeps the origin that it was pinned under.

    Raises:
        NoLog: If the place is new and the log says nothing of itself.
    """
    place = _place(log, base)
    origin = place.read_text() if place.exists() else identity.origin if identity else ""
    if not origin:
        raise NoLog(str(log), "it says nothing of itself (log.json is missing); give --policy and --state.")
    return base / sha256(origin.encode()).hexdigest()[:16]


def keep_place(log: Path, base: Path, origin: str) -> None:
    """Remember which log lies in a place, so that another one put there is noticed."""
    place = _place(log, base)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    segments.replace(place, origin)


def _place(log: Path, base: Path) -> Path:
    return base / "places" / sha256(os.fsencode(log.resolve())).hexdigest()[:16]


def pinned(folder: Path, identity: Identity | None, policy: Policy | None) -> Pins:
    """Return the pins of a folder; the first time, those of the policy or of what the log says of itself.

    Raises:
        NoLog: If the pins cannot be read, a given policy contradicts them, or there is nothing to pin.
    """
    path = folder / _PINS
    if not path.exists():
        first = policy or (Policy.of(identity) if identity else None)
        if first is None:
            raise NoLog(
                str(folder), "there are no pins yet, and the log says nothing of itself; give --policy."
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Pins(folder, first, fresh=(*first.keys, *first.witnesses))
    try:
        found = json.loads(path.read_text())
        root = base64.b64decode(found["root"])
        cosigned = {key: (int(size), int(at)) for key, (size, at) in found["cosigned"].items()}
        kept = Pins(
            folder,
            Policy.from_json(found["policy"]),
            int(found["size"]),
            root,
            cosigned,
            found["verified_at"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NoLog(str(path), f"the pins cannot be read: {error!r}") from error
    if len(kept.root) != HASH_BYTES or kept.size < 0:
        raise NoLog(str(path), "the pins cannot be read: size or root is none.")
    if policy:
        return replace(kept, policy=_continued(kept.policy, policy))
    return _with_first_witnesses(kept, identity)


def _with_first_witnesses(kept: Pins, identity: Identity | None) -> Pins:
    """Return pins with the witnesses of a log that had none when it was pinned; those that are pinned never change."""
    named = Policy.of(identity) if identity else kept.policy
    if kept.policy.witnesses or not named.witnesses:
        return kept
    policy = replace(kept.policy, witnesses=named.witnesses, quorum=named.quorum)
    return replace(kept, policy=policy, fresh=named.witnesses)


def _continued(old: Policy, new: Policy) -> Policy:
    """Return a policy given anew for a log that was pinned: keys may change in it, the origin may not."""
    if old.origin != new.origin:
        raise NoLog(new.origin, f"the pins are those of '{old.origin}'; give another --state folder.")
    return new


def first_difference(prefixes: bytes, leaves: bytes) -> int | None:
    """Return the index of the first leaf that differs from what is kept of it, or nothing."""
    count = min(len(prefixes) // PREFIX_BYTES, len(leaves) // HASH_BYTES)
    fresh = shortened(leaves[: count * HASH_BYTES])
    if fresh == prefixes[: count * PREFIX_BYTES]:
        return None
    return next(
        at
        for at in range(count)
        if fresh[at * PREFIX_BYTES : (at + 1) * PREFIX_BYTES]
        != prefixes[at * PREFIX_BYTES : (at + 1) * PREFIX_BYTES]
    )


def shortened(leaves: bytes) -> bytes:
    """Return what is kept of leaves."""
    return b"".join(leaves[at : at + PREFIX_BYTES] for at in range(0, len(leaves), HASH_BYTES))
