"""A world holds something of every kind: who adds a model adds it to the builder."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps

from openilp.analysis.models import Product
from openilp.safeguards import relabelling
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
        _tighten_a_label(made)
        yield made


def _tighten_a_label(agency: Agency) -> None:
    """Change a label here only: in the worlds that are compared, it would change who is handed what."""
    with agency.acting(Role.HEAD_OF_INTELLIGENCE) as actor:
        row = Product.objects.seen_by(actor).order_by("-created_at").first()
        label = replace(row.label, originator_control=True)
        relabelling.tighten_label(actor=actor, row=row, label=label, reason="It names the region's source.")


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
