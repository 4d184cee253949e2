"""The ledger of erasures lies outside the database, only grows, and shows every change."""

from pathlib import Path
from typing import Any

import pytest

from openilp.safeguards.retention import ledger

LINES = [ledger.Line(f"e{n}", "report", f"{n:032x}", "LED-REV", "2026-11-30", "u") for n in range(3)]


@pytest.fixture(autouse=True)
def own(settings: Any, tmp_path: Path) -> None:
    """Keep the ledger of the test apart."""
    settings.OPENILP_ERASURES = tmp_path / "erasures"


def test_lines_are_added_once_and_read_back() -> None:
    """The same erasure said twice, after a crash or a second restore, is one line."""
    assert ledger.append(LINES[:2]) == 2
    assert ledger.append(LINES) == 1

    assert list(ledger.read()) == LINES
    assert ledger.path().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("fault", ["changed", "left out", "cut"])
def test_a_changed_or_lost_line_is_named(fault: str) -> None:
    """Nothing is erased from a ledger that is not whole."""
    ledger.append(LINES)
    held = ledger.path().read_text().splitlines()
    match fault:
        case "changed":
            held[1] = held[1].replace("LED-REV", "MOPI1")
        case "left out":
            del held[1]
        case "cut":
            held[2] = held[2][:-5]
    ledger.path().write_text("\n".join(held) + "\n")

    with pytest.raises(ledger.BrokenLedger) as caught:
        list(ledger.read())
    assert caught.value.line == (2 if fault == "left out" else 3)


def test_a_torn_last_line_is_named_and_written_again() -> None:
    """A crash while writing leaves half a line: reading says so, the next erasure puts the file right."""
    ledger.append(LINES[:1])
    with ledger.path().open("a") as out:
        out.write('{"erasure":"half')

    with pytest.raises(ledger.BrokenLedger):
        list(ledger.read())
    assert ledger.append(LINES[1:]) == 2
    assert list(ledger.read()) == LINES
