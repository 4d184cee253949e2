"""Screenshots become smaller and still show the same."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import small_png
from scripts.small_png import smaller


def written(pixels: Any, kind: int = 0) -> bytes:
    """Return a PNG of RGB pixels with one filter on every row (PNG specification, section 9)."""
    height, width, _ = pixels.shape
    flat = pixels.reshape(height, width * 3).astype(int)
    body = bytearray()
    for number, row in enumerate(flat):
        up = flat[number - 1] if number else np.zeros_like(row)
        left, corner = (np.concatenate([[0, 0, 0], line[:-3]]) for line in (row, up))
        guesses = [
            np.zeros_like(row),
            left,
            up,
            (left + up) // 2,
            [small_png._paeth(int(a), int(b), int(c)) for a, b, c in zip(left, up, corner, strict=True)],
        ]
        body += bytes([kind]) + bytes(((row - guesses[kind]) % 256).astype(np.uint8))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(body), 0)), (b"IEND", b""))
    return small_png._SIGNATURE + b"".join(small_png._chunk(*part) for part in parts)


def shown(png: bytes) -> Any:
    """Return the pixels of a picture with a palette."""
    chunks = dict(small_png._chunks(png))
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    palette = np.frombuffer(chunks[b"PLTE"], dtype=np.uint8).reshape(-1, 3)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(height, width + 1)
    return palette[rows[:, 1:]]


@given(seed=st.integers(0, 2**32 - 1), kind=st.integers(0, 4), colours=st.integers(1, 256))
def test_few_colours_stay_exactly_as_they_were(seed: int, kind: int, colours: int) -> None:
    """Up to 256 colours nothing changes, whichever filter the browser chose."""
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (colours, 3), dtype=np.uint8)
    pixels = palette[rng.integers(0, colours, (48, 64))]

    assert np.array_equal(shown(smaller(written(pixels, kind))), pixels)


def test_many_colours_come_close_and_areas_keep_theirs() -> None:
    """A gradient beside a plain area: at most 256 colours, and the area exact."""
    pixels = np.zeros((120, 160, 3), dtype=np.uint8)
    pixels[:60] = (10, 92, 104)
    pixels[60:, :, 0] = np.arange(160)
    pixels[60:, :, 1] = np.arange(60)[:, None]
    made = shown(smaller(written(pixels)))

    assert np.array_equal(made[:60], pixels[:60])
    assert len(np.unique(made.reshape(-1, 3), axis=0)) <= 256
    assert np.abs(made.astype(int) - pixels).max() <= 32


def test_what_is_no_screenshot_is_refused() -> None:
    """The error says what to give."""
    with pytest.raises(ValueError, match="as the browser wrote it"):
        smaller(b"GIF89a")
