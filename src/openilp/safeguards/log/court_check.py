"""Check a bundle of evidence from an audit log: that one event stands in the log whose checkpoint is signed.

python3 verify.py [FOLDER]     prints what holds; ends with 0 if all of it does, 1 if not, 2 if a file cannot be read

It needs Python 3.9 or later and nothing else: no network, no database, no further package. It is short, so that an
expert of either side can read it; the methods are RFC 9162 section 2.1.3.2 (Merkle tree), RFC 8032 section 5.1.7
(Ed25519), and C2SP signed-note, tlog-checkpoint and tlog-cosignature.
"""

import base64
import json
import sys
from hashlib import sha256, sha512
from pathlib import Path

# Ed25519, RFC 8032 section 5.1: the field, the curve's constant, the order of the base point, and the base point.
P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


Point = tuple[int, int, int, int]


def _recovered(encoded: bytes) -> "Point | None":
    """Return a point from its 32 bytes, or nothing (section 5.1.3)."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def _sum(a: Point, b: Point) -> Point:
    """Return the sum of two points (section 5.1.4)."""
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point, number = _sum(point, point), number >> 1
    return total


def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature is by the key (RFC 8032 section 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _recovered(public), _recovered(signature[:32])
    base = _recovered((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    number = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or base is None or number >= ORDER:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return _same(_times(number, base), _sum(commitment, _times(challenge, key)))


def root_from(leaf: bytes, index: int, size: int, path: "list[bytes]") -> bytes:
    """Return the root that an inclusion proof leads to (RFC 9162 section 2.1.3.2)."""
    node, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise ValueError("the proof is too long")
        if node & 1 or node == last:
            found = sha256(b"\x01" + step + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + step).digest()
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return found


def _key(text: str) -> "tuple[str, bytes, int, bytes]":
    name, key_id, coded = text.split("+", 2)
    raw = base64.b64decode(coded)
    if sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_id:
        raise ValueError(f"the key of {name} is misspelt")
    return name, bytes.fromhex(key_id), raw[0], raw[1:]


def _holds(key: "tuple[str, bytes, int, bytes]", text: str, lines: "list[str]") -> "int | None":
    """Return the time of a cosignature (0 for a log's signature) if a line is by the key, else nothing."""
    name, key_id, kind, public = key
    for line in lines:
        mark, named, coded = line.split(" ")
        raw = base64.b64decode(coded)
        if mark != "\u2014" or named != name or raw[:4] != key_id:
            continue
        if kind == 1 and signed_by(public, text.encode(), raw[4:]):
            return 0
        at = int.from_bytes(raw[4:12], "big")
        if kind == 4 and signed_by(public, f"cosignature/v1\ntime {at}\n{text}".encode(), raw[12:]):
            return at
    return None


def check(folder: Path) -> "list[tuple[bool, str]]":
    """Return what was checked: whether it holds, and what it is in words."""
    entry = (folder / "event.json").read_bytes().rstrip(b"\n")
    proof = json.loads((folder / "proof.json").read_text("utf-8"))
    keys = json.loads((folder / "keys.json").read_text("utf-8"))
    text, _, tail = (folder / "checkpoint").read_text("utf-8").rpartition("\n\n")
    text, lines = text + "\n", tail.splitlines()
    origin, size, root = text.splitlines()
    seq, event = proof["seq"], json.loads(entry)
    found = [(origin == keys["origin"], f"the checkpoint is of the log '{keys['origin']}'")]
    found.append((event["seq"] == seq, f"the event bears the number {seq}"))
    path = [bytes.fromhex(step) for step in proof["path"]]
    try:
        reached = root_from(sha256(b"\x00" + entry).digest(), seq - 1, int(size), path)
    except ValueError:
        reached = b""
    is_in = 0 < seq <= int(size) and reached == base64.b64decode(root)
    found.append((is_in, f"event {seq} stands, as it is here, in the log of {size} events"))
    for key in map(_key, keys["keys"]):
        found.append(
            (_holds(key, text, lines) is not None, f"the log's key {key[1].hex()} has signed that log")
        )
    for key in map(_key, keys["witnesses"]):
        at = _holds(key, text, lines)
        found.append((at is not None, f"witness '{key[0]}' has cosigned it (seconds since 1970: {at})"))
    if (folder / "detail.json").exists():
        detail = json.loads((folder / "detail.json").read_text("utf-8"))
        commitment = sha256(bytes.fromhex(detail["salt"]) + detail["text"].encode()).hexdigest()
        found.append(
            (event["event"].get("sealed") == commitment, "the opened detail is the one that was sealed then")
        )
    return found


def main() -> int:
    """Check the folder that is named, or the one that this file lies in."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    try:
        found = check(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"The bundle cannot be read: {error!r}")  # noqa: T201 (this file is a program of its own)
        return 2
    for holds, what in found:
        print(f"{'holds        ' if holds else 'DOES NOT HOLD'}  {what}")  # noqa: T201
    whole = all(holds for holds, _ in found)
    print("All of it holds." if whole else "Not all of it holds: do not rely on this bundle.")  # noqa: T201
    return 0 if whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
