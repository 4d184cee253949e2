"""How files come in with a form: straight to the store's waiting room, and never more than one may send.

What is too large is read past without being kept, so that the form's text arrives and can be shown again.
"""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.urls import reverse

from openilp.collection.errors import FileRefused, FileTooLarge, ImportTooLarge, TooManyFiles
from openilp.collection.files import clean_name, incoming

MOST_FILES = 5


class LimitedUpload(TemporaryFileUploadHandler):
    """Write each file of a request to the waiting room, up to the limit; remember what was refused."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.count = 0
        self.refused: list[FileRefused] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file, unless there are too many."""
        incoming()
        super().new_file(*args, **kwargs)
        self.count += 1
        self.seen = 0
        if self.request is not None:
            self.request.refused_uploads = self.refused  # type: ignore[attr-defined]
        if self.count > MOST_FILES:
            self._refuse(TooManyFiles(clean_name(self.file_name or ""), MOST_FILES))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece, unless the file has become too large."""
        self.seen += len(raw_data)
        name = clean_name(self.file_name or "")
        if self._is_import:
            if self.seen > settings.OPENILP_IMPORT_LIMIT:
                self._refuse(ImportTooLarge(name, settings.OPENILP_IMPORT_LIMIT))
        elif self.seen > settings.OPENILP_UPLOAD_LIMIT:
            self._refuse(FileTooLarge(name, settings.OPENILP_UPLOAD_LIMIT))
        return super().receive_data_chunk(raw_data, start)

    @property
    def _is_import(self) -> bool:
        """Tell whether the page that takes files of rows is asked: they may be larger than attachments."""
        return self.request is not None and self.request.path == reverse("collection:imports")

    def _refuse(self, error: FileRefused) -> None:
        self.file.close()
        self.refused.append(error)
        raise SkipFile


def refused(request: HttpRequest) -> list[FileRefused]:
    """Return what was refused while the request was read."""
    found: list[FileRefused] = getattr(request, "refused_uploads", [])
    return found


def uploaded(request: HttpRequest, field: str) -> list[Any]:
    """Return the files of a field that came through."""
    found: list[Any] = request.FILES.getlist(field)
    return found
