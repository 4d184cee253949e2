"""The files of snapshots: Parquet, addressed by their hash, checked on every read."""

import hashlib
import io
import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from openilp.analysis.errors import SnapshotDamaged


def write(table: pa.Table) -> str:
    """Write a table, and return the hash that it is addressed by.

    The file appears under its name only when it is complete, so a kill leaves nothing half written.
    """
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", version="2.6")
    content = buffer.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    target = path_of(sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as partial:
            partial.write(content)
            partial.flush()
            os.fsync(partial.fileno())
        Path(partial.name).replace(target)
    return sha256


def read(sha256: str) -> pa.Table:
    """Read the table with a hash.

    Raises:
        SnapshotDamaged: If the file is absent or its content has another hash.
    """
    path = path_of(sha256)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SnapshotDamaged(sha256)
    return pq.read_table(io.BytesIO(content))


def path_of(sha256: str) -> Path:
    """Return where the file with a hash lies."""
    return Path(settings.OPENILP_FILES) / "snapshots" / sha256[:2] / f"{sha256}.parquet"


def facts(sha256: str) -> dict[str, Any]:
    """Return the query of a snapshot and the boundaries that were frozen with it.

    Raises:
        SnapshotDamaged: If the file is absent or its content has another hash.
    """
    found: dict[str, Any] = json.loads((read(sha256).schema.metadata or {}).get(b"openilp", b"{}"))
    return found
