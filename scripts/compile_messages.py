"""Compile translations (.po) into what Python reads (.mo), without the gettext programs.

    python scripts/compile_messages.py FILE.po …

Understands contexts, plurals, continued strings and fuzzy entries (left out). Format: GNU gettext manual,
"The Format of GNU MO Files".
"""

import ast
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAGIC = 0x950412DE
CONTEXT_END = "\x04"


class BadCatalogue(Exception):
    """A line that is no gettext."""

    def __init__(self, path: Path, number: int, line: str) -> None:
        """Name file, line number and line."""
        super().__init__(f"{path}:{number}: '{line}' is not a line of a gettext catalogue. Mend it there.")


@dataclass
class Entry:
    """One message on its way through the file."""

    fuzzy: bool = False
    parts: dict[str, str] = field(default_factory=dict)

    def key(self) -> str:
        """Return context, singular and plural as the compiled file joins them."""
        context = f"{self.parts['msgctxt']}{CONTEXT_END}" if "msgctxt" in self.parts else ""
        plural = f"\0{self.parts['msgid_plural']}" if "msgid_plural" in self.parts else ""
        return f"{context}{self.parts['msgid']}{plural}"

    def text(self) -> str:
        """Return the translation; of a plural all forms, or nothing while one is missing."""
        forms = [text for name, text in sorted(self.parts.items()) if name.startswith("msgstr")]
        return "\0".join(forms) if all(forms) else ""


def entries(path: Path) -> Iterator[Entry]:
    """Read the messages of a catalogue in their order.

    Raises:
        BadCatalogue: At the first line that is none.
    """
    entry, last = Entry(), ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        starts_anew = line.startswith(("#", "msgctxt")) or (line.startswith("msgid ") and last != "msgctxt")
        if last.startswith("msgstr") and starts_anew:
            yield entry
            entry, last = Entry(), ""
        if line.startswith("#,") and "fuzzy" in line:
            entry.fuzzy = True
        if not line or line.startswith("#"):
            continue
        name, quote, _ = line.partition('"')
        if not quote or not line.endswith('"'):
            raise BadCatalogue(path, number, line)
        name = name.strip() or last
        try:
            text = ast.literal_eval(line[line.index('"') :])
        except (SyntaxError, ValueError) as error:
            raise BadCatalogue(path, number, line) from error
        if not name.startswith(("msgctxt", "msgid", "msgstr")):
            raise BadCatalogue(path, number, line)
        entry.parts[name] = entry.parts.get(name, "") + text
        last = name
    if last.startswith("msgstr"):
        yield entry


def compiled(path: Path) -> bytes:
    """Return a catalogue in the form of a .mo file; fuzzy and empty messages are left out."""
    messages = {
        entry.key(): entry.text()
        for entry in entries(path)
        if entry.text() and (not entry.fuzzy or entry.parts.get("msgid") == "")
    }
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items())
    header_size = 7 * 4
    data_start = header_size + 16 * len(pairs)
    keys = b"".join(key + b"\0" for key, _ in pairs)
    texts = b"".join(text + b"\0" for _, text in pairs)
    key_table, text_table = bytearray(), bytearray()
    key_at, text_at = data_start, data_start + len(keys)
    for key, text in pairs:
        key_table += struct.pack("<II", len(key), key_at)
        text_table += struct.pack("<II", len(text), text_at)
        key_at += len(key) + 1
        text_at += len(text) + 1
    header = struct.pack(
        "<7I", MAGIC, 0, len(pairs), header_size, header_size + 8 * len(pairs), 0, data_start
    )
    return header + bytes(key_table) + bytes(text_table) + keys + texts


def main(arguments: list[str]) -> None:
    """Compile each file beside itself."""
    for name in arguments:
        path = Path(name)
        path.with_suffix(".mo").write_bytes(compiled(path))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BadCatalogue as error:
        sys.exit(str(error))
