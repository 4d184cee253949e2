"""Copies for those outside show what the file shows and tell nothing else; what cannot be copied so is refused."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from openilp.collection.errors import CannotStrip
from openilp.collection.release_copies import without_metadata
from openilp.safeguards.roles import Role
from tests.collection.test_api import REPORT
from tests.factories import World

SECRET = b"59.4370N 24.7536E CAMERA-4711"


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*more: bytes) -> bytes:
    """Return a picture of one grey point, with further parts before the point."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(more)
        + chunk(b"IDAT", zlib.compress(b"\0\x80"))
        + chunk(b"IEND", b"")
    )


def segment(marker: int, body: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int) -> bytes:
    """Return an Exif block with an orientation and, behind it, a secret."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0" + SECRET


#: Start, a table, a frame, a scan with a stuffed zero and a restart, end.
FRAME = segment(0xDB, bytes(65)) + segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0")
SCAN = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(*more: bytes, tail: bytes = b"") -> bytes:
    """Return a JPEG with further segments."""
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")
        + b"".join(more)
        + FRAME
        + SCAN
        + b"\xff\xd9"
        + tail
    )


def copied(tmp_path: Path, raw: bytes, media_type: str) -> bytes:
    """Return the copy of a file."""
    path = tmp_path / "file"
    path.write_bytes(raw)
    return without_metadata(path, media_type=media_type, name="given")


def test_a_photograph_tells_neither_place_nor_camera(tmp_path: Path) -> None:
    """Exif, XMP, maker's notes, comment, preview and what lies behind the end go; picture and turning stay [COL-05]."""
    given = jpeg(
        segment(0xE1, exif(6)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xE0, b"JFXX\0" + SECRET),
        segment(0xFE, SECRET),
        tail=b"ftypmp42" + SECRET,
    )
    made = copied(tmp_path, given, "image/jpeg")

    assert SECRET in given
    assert SECRET not in made
    assert made.endswith(FRAME + SCAN + b"\xff\xd9")
    assert b"JFIF" in made
    assert made.count(b"Exif") == 1
    turning = made[made.index(b"Exif\0\0") + 6 :]
    assert struct.unpack_from(">HHIH", turning, 10) == (0x0112, 3, 1, 6)
    assert copied(tmp_path, jpeg(segment(0xE1, exif(1))), "image/jpeg") == jpeg()


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"prVt"])
def test_a_picture_of_a_screen_tells_no_text(tmp_path: Path, kind: bytes) -> None:
    """Of a PNG the parts that draw it are kept, known or not the others go."""
    assert copied(tmp_path, png(chunk(kind, SECRET)) + SECRET, "image/png") == png()


def test_gif_and_webp_lose_comments_and_what_programs_added(tmp_path: Path) -> None:
    """An animation still begins anew."""
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    picture = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0"
    head = b"GIF89a\x01\0\x01\0\x80\0\0" + bytes(6)
    noise = (
        b"\x21\xfe"
        + bytes([len(SECRET)])
        + SECRET
        + b"\0"
        + b"\x21\xff\x0bXMP DataXMP"
        + bytes([len(SECRET)])
        + SECRET
        + b"\0"
    )
    assert (
        copied(tmp_path, head + loop + noise + picture + b"\x3b" + SECRET, "image/gif")
        == head + loop + picture + b"\x3b"
    )

    def part(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    def webp(*parts: bytes) -> bytes:
        return b"RIFF" + struct.pack("<I", 4 + sum(map(len, parts))) + b"WEBP" + b"".join(parts)

    frame = part(b"VP8L", b"\x2f\0\0\0\0")
    given = webp(part(b"VP8X", b"\x2c" + bytes(9)), frame, part(b"EXIF", SECRET), part(b"XMP ", SECRET))
    assert copied(tmp_path, given, "image/webp") == webp(part(b"VP8X", bytes(10)), frame)


def test_a_document_is_set_anew_page_by_page(tmp_path: Path) -> None:
    """Author, title, keywords, program and hidden files go; every page shows what it showed."""
    source = tmp_path / "given.typ"
    (tmp_path / "hidden.txt").write_bytes(SECRET)
    pages = "#pagebreak()\n".join(f"The page {n} of the plan\n" for n in range(1, 6))
    source.write_text(
        '#set document(title: "CAMERA-4711", author: "Agent Smith", keywords: ("informant",))\n'
        '#pdf.attach("hidden.txt")\n' + pages
    )
    given = typst.compile(str(source), root=str(tmp_path))
    made = copied(tmp_path, given, "application/pdf")
    read = pypdf.PdfReader(io.BytesIO(made))

    assert pypdf.PdfReader(io.BytesIO(given)).metadata["/Author"] == "Agent Smith"
    assert [page.extract_text().strip() for page in read.pages] == [
        f"The page {n} of the plan" for n in range(1, 6)
    ]
    told = " ".join(str(value) for value in (read.metadata or {}).values())
    assert "Smith" not in told
    assert "4711" not in told
    assert not read.attachments
    assert read.xmp_metadata is None or "Smith" not in str(read.xmp_metadata.dc_creator)
    assert b"Agent Smith" not in made
    assert b"informant" not in made


@pytest.mark.parametrize("kind", ["image/tiff", "image/heic", "video/mp4", "application/zip", "audio/mpeg"])
def test_what_cannot_be_copied_cleanly_is_refused(tmp_path: Path, kind: str) -> None:
    """Never handed out half clean: the error says what to do."""
    with pytest.raises(CannotStrip, match="make a PDF, PNG or JPEG"):
        copied(tmp_path, b"anything", kind)


@given(
    cut=st.integers(0, 200),
    kind=st.sampled_from(["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"]),
)
def test_a_broken_file_is_refused_not_guessed_at(
    tmp_path_factory: pytest.TempPathFactory, cut: int, kind: str
) -> None:
    """Cut off anywhere: one clear error."""
    raw = {"image/jpeg": jpeg(), "image/png": png(), "application/pdf": b"%PDF-1.7\n"}.get(kind, b"GIF89a")
    short = raw[: min(cut, len(raw) - 1)]
    path = tmp_path_factory.mktemp("cut") / "file"
    path.write_bytes(short)
    with pytest.raises(CannotStrip):
        without_metadata(path, media_type=kind, name="given")


def test_page_and_api_hand_out_the_copy_and_the_original(world: World) -> None:
    """The original is evidence and stays what was received; the copy is asked for."""
    client = Client()
    client.force_login(world.user(Role.REPORTING_OFFICER))
    ref = client.post("/api/v1/collection/reports", REPORT, content_type="application/json").json()["ref"]
    given = png(chunk(b"tEXt", SECRET))
    made: Any = client.post(
        f"/api/v1/collection/reports/{ref}/attachments?name=shot.png",
        given,
        content_type="application/octet-stream",
    )
    file = made.json()["ref"]
    address = f"/api/v1/collection/attachments/{file}/content"

    assert b"".join(client.get(address)) == given
    assert client.get(f"{address}?form=release").content == png()
    page = client.get(f"/collection/reports/{ref}").content.decode()
    assert "Copy without metadata" in page
    link = page.split("?form=release")[0].rsplit('"', 1)[1]
    assert client.get(f"{link}?form=release").content == png()
    assert client.get(f"{address}?form=half").status_code == 422
