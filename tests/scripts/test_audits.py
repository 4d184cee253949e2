"""The audits of secrets and locks pass here, and fail on planted faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import check_locks, check_secrets

HASH = "--hash=sha256:" + "0" * 64

# Put together here, so that this file does not hold what it plants.
PLANTED = [
    "-----BEGIN RSA PRIVATE" + " KEY-----",
    "AWS_ID = " + "AKIA" + "ABCDEFGHIJKLMNOP",
    "token = ghp" + "_" + "a1" * 18,
    "PASSWORD" + " = 'correct7horse8battery'",
    "url = 'postgres://mara" + ":harbour7@db/openilp'",
    "index = https://py" + "pi.org/simple",
    '"resolved": "https://registry.npm' + 'js.org/x.tgz"',
]


@pytest.mark.parametrize("line", PLANTED)
def test_secret_or_host_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """The finding names file and line, and does not repeat the secret."""
    monkeypatch.setattr(check_secrets, "ROOT", tmp_path)
    path = tmp_path / "settings.txt"
    path.write_text(f"harmless\n{line}\n")

    found = check_secrets.findings(path)

    assert [text.partition(": ")[0] for text in found] == ["settings.txt:2"]
    assert line not in found[0]


@pytest.mark.parametrize(
    "line",
    [
        "password = os.environ['PASSWORD']",
        "password='correct7horse8battery'  # not a secret: of an invented person",
        "url = 'postgres://{user}:{password}@host/db'",
        "see https://docs.example.org/a:b for more",
    ],
)
def test_harmless_line_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """What names no value, and what is excused with a reason, is no finding."""
    monkeypatch.setattr(check_secrets, "ROOT", tmp_path)
    path = tmp_path / "settings.txt"
    path.write_text(line)

    assert check_secrets.findings(path) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"--index-url https://mirror.example/simple\nnumpy==2.0 \\\n    {HASH}\n", "names a host"),
        ("numpy==2.0\n", "numpy has no hash"),
        (f"numpy>=2.0 \\\n    {HASH}\n", "pins nothing"),
        (f"numpy @ https://mirror.example/numpy.whl \\\n    {HASH}\n", "names a host"),
    ],
)
def test_unsafe_lock_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """Every entry is pinned and hashed, and says nothing about where it comes from."""
    lock = tmp_path / "runtime.txt"
    lock.write_text(text)

    _, faults = check_locks.locked(lock)

    assert fault in faults[0]


def test_good_lock_is_read(tmp_path: Path) -> None:
    """Names are compared in their normal form; extras and markers do not disturb."""
    lock = tmp_path / "runtime.txt"
    lock.write_text(
        f"# a comment\nDjango_Stubs[extra]==5.2 ; python_version >= '3.11' \\\n    {HASH} \\\n    {HASH}\n    # via x\n"
    )

    assert check_locks.locked(lock) == ({"django-stubs": "5.2"}, [])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("MIT OR SSPL-1.0", True),
        ("(MIT OR Apache-2.0)", True),
        ("BSD-3-Clause AND 0BSD", True),
        ("BSD-3-Clause AND SSPL-1.0", False),
        ("SSPL-1.0", False),
        ("BUSL-1.1", False),
        ("(none)", False),
        ('"MIT License"', True),
        ('"Mozilla Public License 2.0 (MPL 2.0)"', True),
        ('"Other/Proprietary License"', False),
        ("CC-BY-NC-4.0", False),
    ],
)
def test_licences(expression: str, expected: bool) -> None:
    """A choice must leave one that is allowed; a sum must be allowed in all its parts."""
    assert check_locks.is_allowed(expression) is expected


def test_the_locks_of_this_checkout_pass() -> None:
    """The audit that make check runs finds nothing here."""
    python_faults, python_count = check_locks.audit_python()
    front_end_faults, front_end_count = check_locks.audit_front_end()

    assert python_faults + front_end_faults == []
    assert python_count > 50
    assert front_end_count > 50
