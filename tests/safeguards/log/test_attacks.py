"""What somebody with the disk, the key or the witness's memory could do, and that it shows."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from openilp.safeguards.log import notes, pins
from openilp.safeguards.log.entries import Outboxed
from openilp.safeguards.log.errors import LogDamaged, LogForked
from openilp.safeguards.log.hashes import Hashes
from openilp.safeguards.log.ledger import AuditLog
from openilp.safeguards.log.notes import ED25519, Signer
from openilp.safeguards.log.published import Published
from openilp.safeguards.log.segments import name
from openilp.safeguards.log.verify import Report, verify
from tests.safeguards.log.conftest import BEGUN, ORIGIN, Scene


def kinds(report: Report) -> set[str]:
    """Return what kinds of problems a report names."""
    return {problem.kind for problem in report.problems}


def rewrite(scene: Scene, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of the first segment on disk."""
    path = scene.log.folder / "segments" / name(1)
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in change(lines)))


def forged(
    scene: Scene, folder: Path, change: Callable[[int, dict[str, object]], dict[str, object]]
) -> AuditLog:
    """Build the log again with the stolen key: chain, hashes and checkpoints all fit, only the past is another."""
    other = AuditLog(folder, scene.signer)
    entries = [entry for entry, _ in scene.log.read(1)]
    for start in range(0, len(entries), 200):
        part = entries[start : start + 200]
        other.append([Outboxed(e.row, e.at, change(e.seq, dict(e.event))) for e in part])
        other.publish()
    return other


def another_actor(seq: int, event: dict[str, object]) -> dict[str, object]:
    """Say that event 250 was somebody else."""
    return event | {"action": "innocent"} if seq == 250 else event


def test_an_untouched_log_is_whole(scene: Scene) -> None:
    """Signed, witnessed, and remembered for the next time [LEG-02]."""
    first = scene.verify()
    scene.record(50)
    scene.publish()
    second = scene.verify()

    assert (first.problems, first.size, first.witnessed, first.is_first) == ((), 600, 600, True)
    assert (second.problems, second.size, second.witnessed, second.is_first) == ((), 650, 650, False)


@pytest.mark.parametrize("seq", [1, 2, 256, 300, 599, 600])
def test_a_changed_event_is_named(scene: Scene, seq: int) -> None:
    """One letter of one event, wherever it stands [LEG-02]."""
    rewrite(scene, lambda lines: [*lines[: seq - 1], lines[seq - 1].replace(b"done", b"dons"), *lines[seq:]])
    report = scene.verify()

    assert report.first_bad == seq
    assert "changed" in kinds(report)


@pytest.mark.parametrize("keep_hashes", [True, False])
def test_a_changed_event_is_named_even_when_the_hashes_are_made_again(
    scene: Scene, keep_hashes: bool
) -> None:
    """Without pins or stored hashes the chain says where: the event after it no longer follows."""
    rewrite(scene, lambda lines: [*lines[:299], lines[299].replace(b"done", b"dons"), *lines[300:]])
    if not keep_hashes:
        shutil.rmtree(scene.log.folder / "hashes")
    report = scene.verify()

    assert report.first_bad == (300 if keep_hashes else 301)


def test_truncation_is_seen_by_what_was_signed(scene: Scene) -> None:
    """The last events and their hashes are gone; the checkpoint still counts them."""
    rewrite(scene, lambda lines: lines[:580])
    shutil.rmtree(scene.log.folder / "hashes")
    report = scene.verify()

    assert (report.first_bad, kinds(report)) == (581, {"truncated"})


def test_truncation_with_all_its_checkpoints_is_seen_by_the_pins(scene: Scene, tmp_path: Path) -> None:
    """An older copy of the whole folder is put in its place."""
    older = Scene(tmp_path / "older")
    older.record(200)
    older.publish()
    older.close()
    scene.verify()
    shutil.rmtree(scene.audit)
    shutil.copytree(tmp_path / "older" / "audit", scene.audit)
    shutil.rmtree(tmp_path / "older")
    report = scene.verify()

    assert report.first_bad == 201
    assert "truncated" in kinds(report)


def test_a_line_that_is_cut_off_is_seen(scene: Scene) -> None:
    """The last bytes of the file are missing."""
    path = scene.log.folder / "segments" / name(1)
    path.write_bytes(path.read_bytes()[:-20])
    report = scene.verify()

    assert (report.first_bad, kinds(report)) == (600, {"cut off"})


def test_an_event_taken_out_is_named(scene: Scene) -> None:
    """The one after it stands in its place."""
    rewrite(scene, lambda lines: [*lines[:99], *lines[100:]])
    report = scene.verify()

    assert report.first_bad == 100


def test_reordering_is_named(scene: Scene) -> None:
    """Two neighbours exchanged: the first of the two."""
    rewrite(scene, lambda lines: [*lines[:399], lines[400], lines[399], *lines[401:]])
    report = scene.verify()

    assert report.first_bad == 400
    assert any("event 401 stands in its place" in problem.what for problem in report.problems)


def test_an_event_put_in_is_named(scene: Scene) -> None:
    """A line that was never sequenced."""
    rewrite(scene, lambda lines: [*lines[:10], lines[10].replace(b'"seq":11', b'"seq":11 '), *lines[10:]])

    assert scene.verify().first_bad == 11


def test_a_missing_file_is_named(scene: Scene) -> None:
    """All entries of the first segment are gone."""
    (scene.log.folder / "segments" / name(1)).unlink()
    report = scene.verify()

    assert (report.first_bad, kinds(report)) == (1, {"truncated"})


def test_back_dating_is_named_even_with_the_key(scene: Scene) -> None:
    """An event that claims to be of last week, added and signed today by whoever holds log and key."""
    scene.record(5)
    scene.log.append([Outboxed(0, scene.now - timedelta(days=7), {"v": 1, "action": "alibi"})])
    scene.record(5)
    scene.publish()
    report = scene.verify()

    assert (report.first_bad, kinds(report)) == (606, {"back-dated"})


def test_a_whole_stretch_that_is_back_dated_is_held_against_the_witness(tmp_path: Path) -> None:
    """Times that only ever grow, but lie before a checkpoint that was cosigned without them."""
    scene = Scene(tmp_path)
    scene.record(10)
    scene.now += timedelta(days=10)
    scene.publish()
    scene.now = BEGUN + timedelta(days=1)
    scene.record(10)
    scene.now = BEGUN + timedelta(days=11)
    scene.publish()
    report = scene.verify()
    scene.close()

    assert (report.first_bad, kinds(report)) == (11, {"back-dated"})


def test_post_dating_is_held_against_the_witness(scene: Scene) -> None:
    """An event of tomorrow cannot have been cosigned today."""
    scene.log.append([Outboxed(0, scene.now + timedelta(days=1), {"v": 1, "action": "later"})])
    scene.publish()
    report = scene.verify()

    assert (report.first_bad, kinds(report)) == (601, {"post-dated"})


def test_events_wait_as_long_as_their_transaction(scene: Scene) -> None:
    """A long export is written down late; that alone is no forgery."""
    scene.log.append([Outboxed(0, scene.now - timedelta(minutes=50), {"v": 1, "action": "export"})])
    scene.publish()

    assert scene.verify().problems == ()


def test_a_past_signed_again_with_the_stolen_key_is_seen_by_the_pins(scene: Scene, tmp_path: Path) -> None:
    """Everything in the forged folder fits together; the verifier remembers otherwise, and names the event."""
    scene.verify()
    scene.log.close()
    other = forged(scene, tmp_path / "forged", another_actor)
    scene.name_witness(other.folder)
    other.close()
    fresh = verify(tmp_path / "forged", state=tmp_path / "fresh", policy=_without_witness(scene))
    shutil.rmtree(scene.audit)
    shutil.copytree(tmp_path / "forged", scene.audit)
    report = scene.verify()
    scene.begin(scene.audit)

    assert fresh.problems == ()
    assert report.first_bad == 250
    assert "rewritten" in kinds(report)


def test_a_past_signed_again_with_the_stolen_key_finds_no_witness(scene: Scene, tmp_path: Path) -> None:
    """The witness refuses it, and a verifier without memory misses its cosignature."""
    other = forged(scene, tmp_path / "forged", another_actor)
    scene.name_witness(other.folder)
    scene.log.close()
    scene.log = other
    (asked,) = scene.cosign()
    report = verify(other.folder, state=tmp_path / "fresh")

    assert "is not the continuation of" in asked.trouble
    assert (report.first_bad, kinds(report)) == (1, {"unwitnessed"})


def test_cosignatures_of_the_true_log_do_not_fit_the_forged_one(scene: Scene, tmp_path: Path) -> None:
    """The thief copies the witness's lines onto the own checkpoint."""
    true = Published(scene.log.folder).latest()
    assert true is not None
    other = forged(scene, tmp_path / "forged", another_actor)
    latest = other.published.latest()
    assert latest is not None
    line = true.by(scene.witness_key)[0].line
    other.published.add(notes.parse(str(latest) + line))
    scene.name_witness(other.folder)
    other.close()
    report = verify(tmp_path / "forged", state=tmp_path / "fresh")

    assert not report.is_whole
    assert "signature" in kinds(report)


def test_another_key_is_not_the_log(scene: Scene, tmp_path: Path) -> None:
    """The same origin, signed by a key that is not pinned."""
    scene.verify()
    scene.log.close()
    shutil.rmtree(scene.audit)
    thief = AuditLog(scene.audit, Signer.from_seed(ORIGIN, ED25519, bytes(32)))
    thief.append([Outboxed(1, scene.now, {"v": 1})])
    thief.publish()
    thief.close()
    report = scene.verify()
    shutil.rmtree(scene.audit)
    scene.begin(scene.audit)

    assert report.first_bad == 1
    assert "signature" in kinds(report)


def test_split_view_is_seen_by_a_checkpoint_from_elsewhere(scene: Scene, tmp_path: Path) -> None:
    """A partner was shown another log of the same name: both are signed by the key, so the key has lied."""
    other = forged(scene, tmp_path / "shown-to-partner", another_actor)
    shown = other.published.latest()
    other.close()
    assert shown is not None
    report = scene.verify(elsewhere=[shown])

    assert kinds(report) >= {"split view"}
    assert report.first_bad == 401


def test_split_view_of_a_longer_log_is_seen(scene: Scene, tmp_path: Path) -> None:
    """The other party was shown more than lies here."""
    scene.record(10)
    scene.publish(cosigned=False)
    shown = scene.log.published.latest()
    assert shown is not None
    shorter = tmp_path / "shorter"
    forged(scene, shorter, lambda _, event: event).close()
    path = shorter / "segments" / name(1)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:600]))
    shutil.rmtree(shorter / "hashes")
    for file in ("checkpoints.jsonl", "checkpoint"):
        (shorter / file).write_bytes((scene.log.folder / file).read_bytes())
    lines = (shorter / "checkpoints.jsonl").read_text().splitlines(keepends=True)
    (shorter / "checkpoints.jsonl").write_text("".join(lines[:-1]))
    (shorter / "checkpoint").write_text(json.loads(lines[-2]))
    alone = verify(shorter, state=tmp_path / "other-pins", policy=_without_witness(scene))
    report = verify(shorter, state=tmp_path / "more-pins", policy=_without_witness(scene), elsewhere=[shown])

    assert alone.problems == ()
    assert (report.first_bad, kinds(report)) == (601, {"truncated"})


def test_witness_rollback_is_seen_by_the_log(scene: Scene) -> None:
    """The witness's folder was put back to an older copy: it says itself that it remembers less."""
    copy = scene.folder / "witness-before"
    shutil.copytree(scene.witness_folder, copy)
    scene.record(100)
    scene.publish()
    scene.witness.close()
    shutil.rmtree(scene.witness_folder)
    shutil.copytree(copy, scene.witness_folder)
    scene.open_witness()
    scene.record(100)
    (asked,) = scene.publish()

    assert "remembers 600 events but has cosigned 700" in asked.trouble
    standing = scene.log.published.standings()[str(scene.witness_key)]
    assert (standing.cosigned, "rolled back" in standing.trouble) == (700, True)


def test_witness_rollback_is_seen_by_the_verifier(scene: Scene, tmp_path: Path) -> None:
    """A witness that was put back cosigns less, later: its two statements contradict each other."""
    scene.verify()
    scene.log.close()
    shutil.rmtree(scene.audit)
    scene.begin(scene.audit)
    scene.name_witness(scene.audit)
    _reset_witness(scene)
    scene.now += timedelta(days=1)
    scene.record(300)
    scene.publish()
    report = scene.verify()

    assert "witness rollback" in kinds(report)
    assert report.first_bad == 1


def test_two_cosignatures_in_one_log_show_a_rollback(scene: Scene) -> None:
    """No pins needed: 400 events cosigned after 600 by the same witness."""
    published = list(scene.log.published.all())
    of_400 = next(note for note in published if note.text.splitlines()[1] == "400")
    scene.now += timedelta(hours=1)
    _reset_witness(scene)
    plain = notes.parse(of_400.text + "\n" + of_400.signatures[0].line)
    answer = scene.witness.add_checkpoint(b"old 0\n\n" + str(plain).encode())
    scene.log.published.add(notes.parse(str(plain) + answer.text))
    report = scene.verify()

    assert answer.status == 200
    assert "witness rollback" in kinds(report)
    assert report.first_bad == 401


def test_the_sequencer_does_not_sign_a_past_that_was_changed(scene: Scene) -> None:
    """The log looks at what it signed before, on opening and before each checkpoint."""
    scene.log.close()
    stored = scene.audit / "hashes" / "0"
    raw = bytearray(stored.read_bytes())
    raw[40] ^= 1
    stored.write_bytes(bytes(raw))
    shutil.rmtree(scene.audit / "hashes")
    hashes = Hashes(scene.audit / "hashes", writing=True)
    hashes.append([bytes(raw[at : at + 32]) for at in range(0, len(raw), 32)])
    hashes.close()
    with pytest.raises(LogForked):
        AuditLog(scene.audit, scene.signer)
    shutil.rmtree(scene.audit)
    scene.begin(scene.audit)


def test_the_sequencer_does_not_go_on_behind_a_gap(scene: Scene) -> None:
    """Entries are gone that were hashed: nothing is added that would hide it."""
    scene.log.close()
    rewrite(scene, lambda lines: lines[:-1])
    with pytest.raises(LogDamaged, match="event 600"):
        AuditLog(scene.audit, scene.signer)
    shutil.rmtree(scene.audit)
    scene.begin(scene.audit)


def test_a_log_without_its_checkpoints_is_not_whole(scene: Scene) -> None:
    """Events that nobody signed prove nothing."""
    (scene.log.folder / "checkpoints.jsonl").unlink()
    (scene.log.folder / "checkpoint").unlink()
    report = verify(scene.log.folder, state=scene.folder / "fresh", policy=_without_witness(scene))

    assert (report.first_bad, kinds(report)) == (1, {"unsigned"})


def test_a_witness_that_is_silent_for_a_day_is_missed(scene: Scene) -> None:
    """The log goes on without its witness: from there on it may be another one for everybody."""
    scene.now += timedelta(hours=20)
    scene.record(10)
    scene.publish(cosigned=False)
    in_time = scene.verify()
    scene.now += timedelta(hours=10)
    scene.record(10)
    scene.publish(cosigned=False)
    report = scene.verify()

    assert in_time.problems == ()
    assert (report.first_bad, kinds(report)) == (601, {"unwitnessed"})


def test_a_log_that_fell_silent_is_held_against_the_verifiers_clock(scene: Scene) -> None:
    """Its own last event does not tell the time: what a thief keeps from the witness is missed all the same."""
    scene.record(10)
    scene.publish(cosigned=False)
    scene.record(3)

    a_day_later = scene.verify(now=scene.now + timedelta(hours=30))
    assert (a_day_later.first_bad, kinds(a_day_later)) == (601, {"unsigned", "unwitnessed"})
    two_hours_later = scene.verify(now=scene.now + timedelta(hours=2))
    assert (two_hours_later.first_bad, kinds(two_hours_later)) == (611, {"unsigned"})
    assert scene.verify().problems == ()


def test_an_event_of_tomorrow_is_not_believed(scene: Scene) -> None:
    """Nothing that was recorded is younger than the clock of whoever verifies it."""
    before = scene.now
    scene.record(2, apart=timedelta(hours=1))
    scene.publish(cosigned=False)

    assert (scene.verify(now=before).first_bad, kinds(scene.verify(now=before))) == (601, {"post-dated"})


def test_after_a_quiet_night_the_first_event_is_given_its_hour(scene: Scene) -> None:
    """An event that waits for its checkpoint is no fault, however long nothing happened before it."""
    scene.now += timedelta(hours=12)
    scene.record(1)

    assert scene.verify().problems == ()


def test_pins_are_not_moved_by_a_log_that_is_not_whole(scene: Scene) -> None:
    """What was believed last stays the measure."""
    scene.verify()
    kept = (scene.folder / "pins" / "pins.json").read_text()
    rewrite(scene, lambda lines: lines[:100])
    scene.verify()

    assert (scene.folder / "pins" / "pins.json").read_text() == kept
    assert not (scene.folder / "pins" / "leaves.new").exists()


def _reset_witness(scene: Scene) -> None:
    """Put a witness back to the beginning, with its key."""
    scene.witness.close()
    (scene.witness_folder / "journal.jsonl").write_text("")
    scene.open_witness()


def _without_witness(scene: Scene) -> pins.Policy:
    return pins.Policy(ORIGIN, (scene.signer.verifier,))
