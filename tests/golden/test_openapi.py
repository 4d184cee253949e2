"""The description of the API is the one that clients were built against.

After a wanted change: OPENILP_WRITE_GOLDEN=1 pytest tests/golden
"""

import json
import os
from collections import Counter
from pathlib import Path

from ninja import Schema

from openilp.web.api import api

GOLDEN = Path(__file__).with_name("openapi.json")


def description() -> str:
    """Return the OpenAPI description as text."""
    return (
        json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"
    )


def test_the_api_is_as_described() -> None:
    """Each operation, field and code stands as in the golden file."""
    if os.environ.get("OPENILP_WRITE_GOLDEN") == "1":
        GOLDEN.write_text(description())

    assert GOLDEN.read_text() == description()


def test_no_two_shapes_share_a_name() -> None:
    """Two schemas of one name would describe each other's operations."""

    def below(kind: type) -> set[type]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    own = {s for s in below(Schema) if s.__module__.startswith("openilp.") and "[" not in s.__name__}
    names = Counter(s.__name__ for s in own)

    assert [name for name, times in names.items() if times > 1] == []
