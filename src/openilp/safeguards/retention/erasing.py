"""Erasure: rows, parts, copies and files go; what quoted them is issued anew; a stone and a ledger line remain."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from openilp.safeguards import acting, notices
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Erasure
from openilp.safeguards.retention import handling, ledger, redaction, schema
from openilp.safeguards.retention.handling import Key


@dataclass(frozen=True)
class Root:
    """A record that is to be erased, and the rule under which."""

    kind: str
    key: UUID
    rule: str


@dataclass
class _Gone:
    """What one erasure took along."""

    rows: dict[Key, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    holders: dict[str, set[UUID]] = field(default_factory=dict)

    @property
    def refs(self) -> list[str]:
        return sorted(ref for ref in self.rows.values() if ref)


def lapsing(step: str, *, most: int) -> list[Root]:
    """Return records whose review was missed (`restrict`) or whose time is over (`erase`), whatever their label."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, record_id, rule FROM openilp_lapsing(%s, %s::date, %s)",
            [step, timezone.localdate(), most],
        )
        return [Root(*row) for row in cursor.fetchall()]


def present(roots: Sequence[Root]) -> list[Root]:
    """Return those records that are in the database, whatever their label; for the owner of the tables."""
    by_kind: dict[str, list[Root]] = {}
    for root in roots:
        by_kind.setdefault(root.kind, []).append(root)
    tables, found = schema.described()["tables"], []
    for kind, wanted in by_kind.items():
        if kind not in tables:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT id FROM "{tables[kind]}" WHERE id = ANY(%s::uuid[])',  # noqa: S608 (our own table)
                [[root.key for root in wanted]],
            )
            here = {key for (key,) in cursor.fetchall()}
        found += [root for root in wanted if root.key in here]
    return found


def restrict(kind: str, key: UUID, *, is_on: bool) -> None:
    """Restrict a record with its parts so that nobody uses it, or lift that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_restrict(%s, %s, %s)", [kind, key, is_on])


def erase(*, actor: Actor, roots: Sequence[Root], cause: str) -> Erasure:
    """Erase records whose time is over, and return the certificate.

    The database refuses a record whose clock has not run out, except to the owner of the tables after a restore.

    Args:
        actor: Who answers for it.
        roots: The records.
        cause: `lapse`, `ordered` or `restored`.
    """
    block = acting.require("Erasure")
    which, gone = uuid4(), _Gone()
    _through_the_door(which, roots, gone, is_copy=False)
    read = _reader(which)
    for find in handling.derived():
        copies = find(sorted({*gone.refs, *gone.touched}), read)
        _through_the_door(which, [Root(k, i, roots[0].rule) for k, i in copies], gone, is_copy=True)
    gone.files = {sha: kind for sha, kind in gone.files.items() if not _is_still_named(sha, read)}
    reissued = _reissue(which, gone.refs, read)
    readers = _readers(reissued, read)
    counted = Counter(kind for kind, _key in gone.rows)
    row: Erasure = Erasure.objects.record(
        actor=actor,
        id=which,
        cause=cause,
        rules=sorted({root.rule for root in roots}),
        roots=[{"kind": r.kind, "id": str(r.key), "rule": r.rule} for r in roots],
        erased=dict(sorted(counted.items())),
        reissued=reissued,
        told=len(set().union(*readers.values(), *gone.holders.values())),
        files=sorted(gone.files),
        digest=_digest(gone.rows),
    )
    for ref, people in sorted(readers.items()):
        url = f"/dissemination/releases/{ref}"
        notices.notify(actor=actor, recipients=people, kind="reissued", ref=ref, url=url, erasure=which)
    for ref, people in sorted(gone.holders.items()):
        notices.notify(actor=actor, recipients=people, kind="product_erased", ref=ref, erasure=which)
    hashes = [each["was"] for each in reissued if each["was"]]
    block.wrote("safeguards.erase", "erasure", _by_kind(gone.rows), cause=cause, reissued=hashes)
    lines = [
        ledger.Line(str(which), r.kind, str(r.key), r.rule, str(timezone.localdate()), str(actor.user_id))
        for r in roots
    ]
    block.afterwards.append(lambda: _finish(lines, gone.files) if block.is_kept else None)
    return row


def _through_the_door(which: UUID, roots: Sequence[Root], gone: _Gone, *, is_copy: bool) -> None:
    if not roots:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, record_id, ref, file FROM openilp_erase(%s, %s::text[], %s::uuid[], %s::text[], %s)",
            [which, [r.kind for r in roots], [r.key for r in roots], [r.rule for r in roots], is_copy],
        )
        for kind, key, ref, file in cursor.fetchall():
            if kind.startswith("~"):
                gone.touched.add(ref)
            elif kind.startswith(">"):
                gone.holders.setdefault(ref, set()).add(key)
            elif file:
                gone.files[file] = kind
            else:
                gone.rows[kind, key] = ref


def _reader(which: UUID) -> handling.Reader:
    def read(kind: str, words: Sequence[str]) -> list[tuple[UUID, dict[str, Any]]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, held FROM openilp_erasure_read(%s, %s, %s::text[])", [which, kind, list(words)]
            )
            return [
                (key, held if isinstance(held, dict) else json.loads(held)) for key, held in cursor.fetchall()
            ]

    return read


def _is_still_named(sha256: str, read: handling.Reader) -> bool:
    """Tell whether a row that stays names the same file: equal files of two reports are one."""
    kinds = [kind for kind, each in handling.handlings().items() if each.file_column]
    return any(read(kind, [sha256]) for kind in kinds)


def _reissue(which: UUID, refs: Sequence[str], read: handling.Reader) -> list[dict[str, str]]:
    """Issue every frozen text anew that quotes what went, and return the hashes of before and after."""
    found: list[dict[str, str]] = []
    for kind, each in handling.handlings().items():
        for key, held in read(kind, refs) if each.frozen and refs else []:
            changed, was, now = _redacted(each, held, refs)
            if changed:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT openilp_reissue(%s, %s, %s, %s::jsonb)",
                        [which, kind, key, json.dumps(changed)],
                    )
                found.append({"kind": kind, "id": str(key), "was": was, "now": now})
    return found


def _redacted(
    each: handling.Handling, held: dict[str, Any], refs: Sequence[str]
) -> tuple[dict[str, Any], str, str]:
    changed: dict[str, Any] = {}
    was = now = ""
    for frozen in each.frozen:
        value = redaction.without(held[frozen.column], refs)
        if value == held[frozen.column]:
            continue
        changed[frozen.column] = value
        if frozen.digest is not None:
            was, now = held[frozen.digest_column], frozen.digest(value)
            changed[frozen.digest_column] = now
    return changed, was, now


def _readers(reissued: Sequence[dict[str, str]], read: handling.Reader) -> dict[str, set[UUID]]:
    """Return who was sent a text that was issued anew, by the reference under which it was sent."""
    keys = [(each["kind"], UUID(each["id"])) for each in reissued]
    found: dict[str, set[UUID]] = {}
    for find in handling.recipients() if keys else []:
        for account, ref in find(keys, read):
            found.setdefault(ref, set()).add(account)
    return found


def _digest(rows: Iterable[Key]) -> str:
    text = "\n".join(sorted(f"{kind} {key}" for kind, key in rows))
    return hashlib.sha256(text.encode()).hexdigest()


def _by_kind(rows: Iterable[Key]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, key in sorted(rows, key=str):
        found.setdefault(kind, []).append(str(key))
    return found


def _finish(lines: Sequence[ledger.Line], files: dict[str, str]) -> None:
    ledger.append(lines)
    remove_files(files)


def remove_files(files: dict[str, str]) -> None:
    """Remove files from the stores of the kinds that named them; one that is gone already is no fault."""
    for digest, kind in files.items():
        remover = handling.handlings()[kind].remove_file
        if remover is not None:
            remover(digest)


def acknowledged(which: UUID) -> int:
    """Return how many of those who were told of an erasure have confirmed that their copies are destroyed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT openilp_erasure_acknowledged(%s)", [which])
        return int(cursor.fetchone()[0])


def heal(*, actor: Actor) -> int:
    """Write to the ledger what the database says was erased and the ledger does not; return how many lines.

    A crash between the end of the transaction and the ledger's line leaves such a gap.
    """
    rows = (
        Erasure.objects.seen_by(actor)
        .order_by("created_at")
        .values_list("pk", "roots", "created_at", "created_by_id")
    )
    return ledger.append(
        ledger.Line(str(pk), each["kind"], each["id"], each["rule"], str(timezone.localdate(at)), str(by))
        for pk, roots, at, by in rows
        for each in roots
    )
