"""A world holds something of every kind: who adds a model adds it to the builder."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from openilp.safeguards.labels import State
from openilp.safeguards.models import Notice, ThreadEdge
from openilp.safeguards.records import Identified
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency
from tests.worlds.keeping import build, kept


@pytest.fixture(scope="module")
def agency(django_db_setup: None, django_db_blocker: Any) -> Iterator[Agency]:
    """A world for this module."""
    with django_db_blocker.unblock(), kept():
        made, _ = build()
        yield made


def test_there_is_a_row_of_every_protected_model(agency: Agency) -> None:
    """Otherwise a new kind could leak, and no comparison of worlds would notice."""
    kinds: list[Any] = [m for m in apps.get_models() if issubclass(m, Identified)]
    empty = {str(m._meta.label): m for m in [*kinds, ThreadEdge, Notice]}
    for role in Role:
        with agency.acting(role) as actor:
            for label, model in list(empty.items()):
                if model.objects.seen_by(actor, states=State).exists():
                    del empty[label]

    assert sorted(empty) == [], f"The builder makes nothing of {sorted(empty)}; add a step."
