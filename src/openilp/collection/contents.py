"""What a file is, told by its content: an allow-list of kinds, and archives looked into with limits."""

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from unicodedata import category

from openilp.collection.errors import ArchiveRefused, FileTypeRefused

_HEAD = 4096
#: Bytes of one letter in UTF-8; the first piece of a file may end inside one.
_LONGEST_LETTER = 4
_CHUNK = 64 * 1024
#: Limits of what an archive may become when it is unpacked. A bomb of 42 kB becomes 4.5 PB (D. Fifield, 2019).
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ENTRIES = 1000
MOST_RATIO = 100
#: Below this size a high ratio is harmless: the XML of an empty office document is packed 100 to 1 as well.
RATIO_FROM = 10 * 1024 * 1024
MOST_DEPTH = 2
_ENCRYPTED = 0x1
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its media type, the ends of its name, and the sign in its first bytes."""

    media_type: str
    suffixes: tuple[str, ...]
    has_sign: Callable[[bytes], bool]


def _begins(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signs)


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


_PLAIN = Kind("text/plain", (".txt", ".csv", ".log", ".md"), lambda head: _is_text(head))
_KINDS = (
    Kind("application/pdf", (".pdf",), _begins(b"%PDF-")),
    Kind("image/jpeg", (".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    Kind("image/png", (".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    Kind("image/gif", (".gif",), _begins(b"GIF87a", b"GIF89a")),
    Kind("image/tiff", (".tif", ".tiff"), _begins(b"II*\x00", b"MM\x00*")),
    Kind("image/webp", (".webp",), _riff(b"WEBP")),
    Kind("image/heic", (".heic", ".heif"), _brand(b"heic", b"heix", b"mif1", b"msf1")),
    Kind("audio/wav", (".wav",), _riff(b"WAVE")),
    Kind("audio/mpeg", (".mp3",), _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    Kind("audio/ogg", (".ogg", ".oga", ".opus"), _begins(b"OggS")),
    Kind("audio/mp4", (".m4a",), _brand(b"M4A ")),
    Kind(
        "video/mp4",
        (".mp4", ".mov", ".m4v", ".3gp"),
        _brand(b"isom", b"iso2", b"mp41", b"mp42", b"M4V ", b"qt  ", b"3gp4", b"3gp5", b"avc1"),
    ),
    Kind(
        "application/zip",
        (".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".kmz"),
        _begins(_ZIP, _EMPTY_ZIP),
    ),
    _PLAIN,
)
ALLOWED = tuple(sorted({suffix.lstrip(".") for kind in _KINDS for suffix in kind.suffixes}))


def check(path: Path, *, name: str) -> str:
    """Return the media type of a file after checking that it is a kind that is taken, and harmless to unpack.

    Raises:
        FileTypeRefused: If its content is of no kind that is taken, or its name says another kind.
        ArchiveRefused: If it is an archive that could do harm.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    kind = next((kind for kind in _KINDS if kind.has_sign(head)), None)
    if kind is None or not name.lower().endswith(kind.suffixes):
        raise FileTypeRefused(name, ALLOWED)
    if kind.media_type == "application/zip":
        with path.open("rb") as file:
            _Budget(name, path.stat().st_size).look_into(file, depth=1)
    return kind.media_type


def _is_text(head: bytes) -> bool:
    """Tell whether these are the first bytes of plain text: no markup, no control characters."""
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_cut = len(head) == _HEAD and error.start >= _HEAD - _LONGEST_LETTER
        if not is_cut:
            return False
        text = head[: error.start].decode("utf-8-sig")
    if text.lstrip().startswith("<"):
        return False
    return not any(category(c) == "Cc" and c not in "\r\n\t\f" for c in text)


class _Budget:
    """What an archive with everything in it may still become; it is unpacked piece by piece and thrown away."""

    def __init__(self, name: str, packed: int) -> None:
        self.name, self.packed = name, packed
        self.unpacked = self.entries = 0

    def look_into(self, file: IO[bytes], *, depth: int) -> None:
        """Unpack an archive as far as the limits allow."""
        try:
            with zipfile.ZipFile(file) as archive:
                for entry in archive.infolist():
                    self._check_entry(entry)
                    self._unpack(archive, entry, depth)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise self._refuse(
                "is a damaged archive, or packed in an unknown way", "pack it again as ZIP"
            ) from error

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            raise self._refuse(f"holds more than {MOST_ENTRIES} files", "send fewer of them")
        if entry.flag_bits & _ENCRYPTED:
            raise self._refuse("is locked with a password", "send it unlocked")
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.replace("\\", "/").split("/"):
            raise self._refuse("holds a file that would leave its folder", "pack it again without folders")
        if entry.filename.lower().endswith("vbaproject.bin"):
            raise self._refuse("holds a macro", "save it without macros")

    def _unpack(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> None:
        if entry.is_dir():
            return
        with archive.open(entry) as content:
            head = content.read(len(_ZIP))
            is_archive = head == _ZIP
            if is_archive and depth >= MOST_DEPTH:
                raise self._refuse(f"holds archives more than {MOST_DEPTH} deep", "unpack the inner ones")
            self._spend(len(head))
            if not is_archive:
                while piece := content.read(_CHUNK):
                    self._spend(len(piece))
                return
            with TemporaryFile() as inner:
                inner.write(head)
                while piece := content.read(_CHUNK):
                    self._spend(len(piece))
                    inner.write(piece)
                inner.seek(0)
                self.look_into(inner, depth=depth + 1)

    def _spend(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED:
            raise self._refuse(
                f"would become more than {MOST_UNPACKED // (1024 * 1024)} MB", "send a part of it"
            )
        if self.unpacked > RATIO_FROM and self.unpacked > MOST_RATIO * self.packed:
            raise self._refuse(f"would become more than {MOST_RATIO} times its size", "send it unpacked")

    def _refuse(self, why: str, remedy: str) -> ArchiveRefused:
        return ArchiveRefused(self.name, why, remedy)
