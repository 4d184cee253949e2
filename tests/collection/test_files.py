"""The store of files and what it refuses: too large, of a wrong kind, harmful when unpacked, damaged."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from openilp.collection import contents, files
from openilp.collection.errors import (
    ArchiveRefused,
    DamagedFile,
    FileEmpty,
    FileRefused,
    FileTooLarge,
    FileTypeRefused,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """An empty store."""
    settings.OPENILP_FILES = tmp_path
    return tmp_path


class Endless:
    """A stream that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int, /) -> bytes:
        """Return zeros."""
        self.given += size
        return bytes(size)


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def keep(data: bytes, name: str) -> files.Kept:
    """Store bytes."""
    return files.keep(io.BytesIO(data), name=name)


def left_over(store: Path) -> list[Path]:
    """Return every file in the store."""
    return [path for path in store.rglob("*") if path.is_file()]


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=2000))
@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_is_kept_comes_back_byte_by_byte_under_its_hash(text: str) -> None:
    """The address of a file is the hash of its content."""
    data = ("." + text).encode()
    kept = keep(data, "note.txt")

    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert b"".join(files.checked(kept.sha256)) == data
    assert files.address(kept.sha256).stat().st_mode & 0o077 == 0


def test_the_same_file_is_kept_once(store: Path) -> None:
    """Two copies have one address."""
    assert keep(PNG, "a.png") == keep(PNG, "b.png")
    assert len(left_over(store)) == 1


def test_a_huge_file_is_refused_after_the_limit_and_leaves_nothing(store: Path, settings: Any) -> None:
    """A 200 MB upload is not read to its end, and the error names the limit."""
    stream = Endless()
    with pytest.raises(FileTooLarge, match="25 MB") as refused:
        files.keep(stream, name="film.mp4")

    assert stream.given <= settings.OPENILP_UPLOAD_LIMIT + MEGABYTE
    assert refused.value.field == "files"
    assert left_over(store) == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 100, "tool.exe"),
        (b"\x7fELF\x02\x01", "tool"),
        (b"<html><script>alert(1)</script></html>", "page.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "picture.svg"),
        (b"  <script>alert(1)</script>", "note.txt"),
        (b"just text", "page.html"),
        (PNG, "picture.exe"),
        (b"MZ\x90\x00\x00\x00", "picture.png"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 40, "data.gz"),
        (b"caf\xe9 in an old encoding " * 400, "note.txt"),
    ],
)
def test_what_is_not_on_the_list_is_refused_by_content_and_name(store: Path, data: bytes, name: str) -> None:
    """A name proves nothing, and a content under a false name is not taken either."""
    with pytest.raises(FileTypeRefused, match="pdf"):
        keep(data, name)
    assert left_over(store) == []


def test_an_empty_file_is_refused(store: Path) -> None:
    """Nothing was chosen, or the transfer broke."""
    with pytest.raises(FileEmpty):
        keep(b"", "photo.jpg")
    assert left_over(store) == []


def test_a_text_whose_first_piece_ends_inside_a_letter_is_text() -> None:
    """UTF-8 letters have up to four bytes; the first piece may cut one."""
    data = ("x" + "Ө" * 5000).encode()

    assert keep(data, "тэмдэглэл.txt").media_type == "text/plain"


def test_an_office_document_is_looked_into_and_kept() -> None:
    """An ordinary archive passes."""
    data = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w>text</w>"})

    assert keep(data, "minutes.docx").media_type == "application/zip"


#: Archives that must not be taken, each with a part of what the error says; they are packed when they are asked for.
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "ratio": (lambda: zipped({"zeros": bytes(30 * MEGABYTE)}), "100 times"),
    "size": (
        lambda: zipped({f"z{n}": bytes(range(256)) * 4 * 1024 * 26 for n in range(4)}, zipfile.ZIP_STORED),
        "100 MB",
    ),
    "entries": (lambda: zipped({f"f{n}": b"" for n in range(1001)}), "1000 files"),
    "depth": (lambda: zipped({"a": zipped({"b": zipped({"c": b"x"})})}), "deep"),
    "nested": (lambda: zipped({"in.zip": zipped({"zeros": bytes(30 * MEGABYTE)})}), "times its size"),
    "traversal": (lambda: zipped({"../../etc/passwd": b"x"}), "leave its folder"),
    "macro": (lambda: zipped({"word/vbaProject.bin": b"x"}), "macro"),
    "cut off": (lambda: zipped({"a": bytes(range(256)) * 40}, zipfile.ZIP_STORED)[:5000], "damaged"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_harmful_archive_is_refused_with_its_remedy(store: Path, settings: Any, name: str) -> None:
    """Zip bombs are stopped while they unpack, and nothing of them stays."""
    settings.OPENILP_UPLOAD_LIMIT = 200 * MEGABYTE
    build, says = BOMBS[name]
    with pytest.raises(ArchiveRefused, match=says):
        keep(build(), "files.zip")
    assert left_over(store) == []


def test_an_archive_that_lies_about_its_sizes_is_refused(store: Path) -> None:
    """What counts is what comes out, not what the directory says."""
    data = bytearray(zipped({"zeros": bytes(40 * MEGABYTE)}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with pytest.raises(ArchiveRefused):
        keep(bytes(data), "files.zip")
    assert left_over(store) == []


def test_a_locked_archive_is_refused() -> None:
    """What cannot be looked into is not taken."""
    data = bytearray(zipped({"secret": b"x"}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(ArchiveRefused, match="password"):
        keep(bytes(data), "files.zip")


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_file_that_is_no_longer_what_was_received_is_not_handed_out(harm: str) -> None:
    """Every read checks the hash first."""
    kept = keep(PNG, "a.png")
    path = files.address(kept.sha256)
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(PNG + b"!")
    with pytest.raises(DamagedFile, match=kept.sha256[:12]):
        files.checked(kept.sha256)


@given(st.text(max_size=400))
def test_a_cleaned_name_has_no_folder_no_control_character_and_fits(name: str) -> None:
    """Whatever a browser sends as a name becomes a plain one."""
    found = files.clean_name(name)

    assert 1 <= len(found) <= 160
    assert found.isprintable()
    assert not set(found) & {"/", "\\"}


def test_a_long_name_keeps_its_ending() -> None:
    """The kind of a file stays readable."""
    assert files.clean_name("C:\\fake\\" + "x" * 300 + ".jpeg").endswith("x.jpeg")


@given(st.binary(max_size=3000), st.sampled_from(["a.txt", "a.zip", "a.pdf", "a.png", "a"]))
@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_any_bytes_are_either_kept_or_refused(store: Path, data: bytes, name: str) -> None:
    """No content makes the store fall over."""
    try:
        kept = keep(data, name)
    except FileRefused:
        return
    assert kept.media_type in {kind.media_type for kind in contents._KINDS}
