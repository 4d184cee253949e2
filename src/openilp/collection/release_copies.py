"""Copies of attached files for those outside: what a picture or page shows, and nothing that the file tells beside it.

A camera writes place, time and its own number into a picture, a word processor names and earlier versions into a page.
Only what is needed to show the content is kept, by an allow-list of each format's parts; what cannot be copied so is
refused.
"""

import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import typst

from openilp.collection.errors import CannotStrip

#: APP0 and APP14 say how colours are to be read; of APP1 only the orientation is written anew (ITU-T T.81, Annex B).
_JPEG_KEPT = {0xE0, 0xEE}
_JPEG_SCAN, _JPEG_END, _JPEG_EXIF = 0xDA, 0xD9, 0xE1
_ORIENTATION = 0x0112
#: Critical parts, those of colour and size, and those of animations (W3C PNG, third edition, chapter 11).
_PNG_KEPT = {
    *(
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"cICP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
    ),
    *(b"acTL", b"fcTL", b"fdAT"),
}
_PNG_SIGN = b"\x89PNG\r\n\x1a\n"
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
#: Flags of VP8X that announce colour profile, Exif and XMP (RFC 9649, section 2.7).
_WEBP_ANNOUNCED = 0x20 | 0x08 | 0x04
_MOST_PAGES = 2000


def without_metadata(path: Path, *, media_type: str, name: str) -> bytes:
    """Return a copy of a file without metadata.

    Args:
        path: The file, whose hash was checked.
        media_type: What it is, told by its content.
        name: Its own name, for the error.

    Raises:
        CannotStrip: If its kind cannot be copied without metadata, or it is broken.
    """
    make = _MAKERS.get(media_type)
    if make is None:
        raise CannotStrip(name, media_type)
    try:
        return make(path)
    except (IndexError, struct.error, ValueError, typst.TypstError) as error:
        raise CannotStrip(name, media_type) from error


def _text(path: Path) -> bytes:
    return path.read_bytes()


def _jpeg(path: Path) -> bytes:
    """Keep frames, tables and scans; what lies behind the end of the picture is dropped too."""
    raw, made = path.read_bytes(), bytearray(b"\xff\xd8")
    at = 2
    while True:
        if raw[at] != 0xFF:
            raise ValueError(f"no marker at byte {at}")
        marker = raw[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _JPEG_END:
            return bytes(made + b"\xff\xd9")
        end = at + 2 + struct.unpack_from(">H", raw, at + 2)[0]
        if marker == _JPEG_SCAN:
            end = _end_of_scan(raw, end)
        if marker == _JPEG_EXIF:
            made += _turned(raw[at + 4 : end])
        elif marker < 0xE0 or (marker in _JPEG_KEPT and not raw[at + 4 : end].startswith(b"JFXX")):
            made += raw[at:end]
        at = end


def _end_of_scan(raw: bytes, at: int) -> int:
    """Return where the marker after a scan stands; stuffed zeros and restarts belong to it."""
    while True:
        at = raw.index(b"\xff", at)
        if raw[at + 1] != 0 and not 0xD0 <= raw[at + 1] <= 0xD7:
            return at
        at += 2


def _turned(exif: bytes) -> bytes:
    """Return a segment that says nothing but how the picture is to be turned, or nothing where it lies right."""
    if not exif.startswith(b"Exif\0\0"):
        return b""
    body = exif[6:]
    order = ">" if body[:2] == b"MM" else "<"
    (start,) = struct.unpack_from(f"{order}I", body, 4)
    (count,) = struct.unpack_from(f"{order}H", body, start)
    for number in range(count):
        tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", body, start + 2 + 12 * number)
        if tag == _ORIENTATION and 1 < value <= 8:
            said = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", 8 + len(said)) + b"Exif\0\0" + said
    return b""


def _png(path: Path) -> bytes:
    raw, made, at = path.read_bytes(), bytearray(_PNG_SIGN), len(_PNG_SIGN)
    while True:
        (length,) = struct.unpack_from(">I", raw, at)
        kind, end = raw[at + 4 : at + 8], at + 12 + length
        if end > len(raw):
            raise ValueError("it is cut off")
        if kind in _PNG_KEPT:
            made += raw[at:end]
        if kind == b"IEND":
            return bytes(made)
        at = end


def _gif(path: Path) -> bytes:
    """Keep the pictures, how they are shown, and that they begin anew; comments and what programs added are dropped."""
    raw = path.read_bytes()
    at = 13 + _colours(raw[10])
    made = bytearray(raw[:at])
    while raw[at] != 0x3B:
        if raw[at] == 0x2C:
            end = _end_of_blocks(raw, at + 10 + _colours(raw[at + 9]) + 1)
            made += raw[at:end]
        else:
            kind, end = raw[at + 1], _end_of_blocks(raw, at + 2)
            if kind == 0xF9 or (kind == 0xFF and raw[at + 3 : at + 14] == b"NETSCAPE2.0"):
                made += raw[at:end]
        at = end
    return bytes(made + b"\x3b")


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(raw: bytes, at: int) -> int:
    while raw[at]:
        at += raw[at] + 1
    return at + 1


def _webp(path: Path) -> bytes:
    body = b"".join(_webp_parts(path.read_bytes()))
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _webp_parts(raw: bytes) -> Iterator[bytes]:
    at, end = 12, min(len(raw), 8 + struct.unpack_from("<I", raw, 4)[0])
    while at < end:
        (length,) = struct.unpack_from("<I", raw, at + 4)
        kind, part = raw[at : at + 4], bytearray(raw[at : at + 8 + length + length % 2])
        if kind == b"VP8X":
            part[8] &= ~_WEBP_ANNOUNCED
        if kind in _WEBP_KEPT:
            yield bytes(part)
        at += 8 + length + length % 2


def _pdf(path: Path) -> bytes:
    """Set every page anew into a document of our own: no names, versions, notes, programs or files within it."""
    with tempfile.TemporaryDirectory(prefix="openilp-") as folder:
        (Path(folder) / "given.pdf").write_bytes(path.read_bytes())
        pages = _pages_of(Path(folder))
        return _set(Path(folder), range(1, pages + 1))


def _pages_of(folder: Path) -> int:
    """Return how many pages there are, by asking for one after the other in growing steps."""
    least, most = 1, 2
    _set(folder, [1])
    while most <= _MOST_PAGES and _has(folder, most):
        least, most = most, most * 2
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if _has(folder, middle) else (least, middle)
    return least


def _has(folder: Path, page: int) -> bool:
    try:
        _set(folder, [page])
    except typst.TypstError:
        return False
    return True


def _set(folder: Path, pages: range | list[int]) -> bytes:
    source = folder / "copy.typ"
    lines = [f'#image("given.pdf", page: {page})' for page in pages]
    source.write_text(
        "#set page(width: auto, height: auto, margin: 0pt)\n" + "\n#pagebreak()\n".join(lines) + "\n"
    )
    made: bytes = typst.compile(str(source), root=str(folder), ignore_system_fonts=True)
    return made


_MAKERS: dict[str, Callable[[Path], bytes]] = {
    "text/plain": _text,
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "application/pdf": _pdf,
}
