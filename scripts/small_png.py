"""Make a screenshot smaller: a palette of 256 colours, which is more than a calm page needs."""

import struct
import zlib
from typing import Any

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256


def smaller(png: bytes) -> bytes:
    """Return a picture with at most 256 colours, or the given one where that is smaller.

    Args:
        png: 8-bit RGB or RGBA without interlacing, as browsers take them; transparency is dropped.

    Raises:
        ValueError: If the picture is of another kind.
    """
    pixels = _decode(png)
    palette, places = _palette(pixels)
    made = _encode(palette, places)
    return min(made, png, key=len)


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    if not png.startswith(_SIGNATURE):
        raise ValueError("This is no PNG; give a screenshot as the browser wrote it.")
    found, at = [], len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def _decode(png: bytes) -> Any:
    """Return the pixels as an array (height, width, 3)."""
    chunks = _chunks(png)
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in (2, 6) or interlaced:
        raise ValueError("Only 8-bit RGB or RGBA without interlacing is read.")
    step = 3 if kind == 2 else 4
    raw = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    rows = np.frombuffer(raw, dtype=np.uint8).reshape(height, width * step + 1)
    above = np.zeros(width * step, dtype=np.uint8)
    made = np.empty((height, width * step), dtype=np.uint8)
    for number, row in enumerate(rows):
        made[number] = above = _unfiltered(int(row[0]), row[1:], above, step)
    return made.reshape(height, width, step)[:, :, :3]


def _unfiltered(kind: int, row: Any, above: Any, step: int) -> Any:
    """Undo the filter of one row (PNG specification, section 9)."""
    if kind == 0:
        return row
    if kind == 1:
        return np.cumsum(row.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    if kind == 2:
        return row + above
    line, before = bytearray(row.tobytes()), above.tobytes()
    for at, value in enumerate(line):
        left = line[at - step] if at >= step else 0
        up = before[at]
        if kind == 3:
            line[at] = (value + (left + up) // 2) & 255
        else:
            line[at] = (value + _paeth(left, up, before[at - step] if at >= step else 0)) & 255
    return np.frombuffer(bytes(line), dtype=np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    far = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return (left, up, corner)[far.index(min(far))]


def _palette(pixels: Any) -> tuple[Any, Any]:
    """Return at most 256 colours and, for each pixel, its place among them.

    Near colours fall into one box; the boxes grow until few enough are left, and the commonest colour of a box
    stands for it, so that large areas keep their exact colour.
    """
    packed = (pixels.astype(np.uint32) << np.array([16, 8, 0], dtype=np.uint32)).sum(axis=2, dtype=np.uint32)
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    places = places.reshape(packed.shape)
    for bits in range(9):
        mask = np.uint32(sum(((0xFF << bits) & 0xFF) << shift for shift in (16, 8, 0)))
        boxes, box_of = np.unique(colours & mask, return_inverse=True)
        if len(boxes) <= _COLOURS:
            break
    order = np.lexsort((counts, box_of))
    commonest = np.zeros(len(boxes), dtype=np.uint32)
    commonest[box_of[order]] = colours[order]
    shades = np.stack([commonest >> 16, (commonest >> 8) & 255, commonest & 255], axis=1).astype(np.uint8)
    return shades, box_of[places].astype(np.uint8)


def _encode(palette: Any, places: Any) -> bytes:
    height, width = places.shape
    rows = np.concatenate([np.zeros((height, 1), dtype=np.uint8), places], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 9)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", body), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
