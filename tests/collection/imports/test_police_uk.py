"""The real data set, against its published figures."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count
from django.db.models.functions import TruncMonth

from openilp.collection.imports.batches import Tally
from openilp.collection.imports.incidents import import_incidents
from openilp.collection.imports.mapping import mapping
from openilp.collection.models import Incident
from openilp.safeguards.acting import acting
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.factories import World

FOLDER = Path("crime/police_uk_avon_somerset")
MONTHS_2023 = [12566, 12936, 13749, 13733, 14862, 14950, 14546, 14515, 14510, 14787, 14037, 13667]
MONTHS_2024 = [14064, 13862, 15506, 15863, 16865, 16791, None, None, 16129, 16960, 15434, 14737]
BY_TYPE = {
    "violent-crime": 122302,
    "anti-social-behaviour": 41985,
    "public-order": 32279,
    "shoplifting": 29600,
    "criminal-damage-arson": 25196,
    "other-theft": 22518,
    "vehicle-crime": 18152,
    "burglary": 12119,
    "other-crime": 5280,
    "drugs": 4199,
    "robbery": 4026,
    "bicycle-theft": 3868,
    "possession-of-weapons": 1957,
    "theft-from-the-person": 1588,
}

pytestmark = pytest.mark.real_data


def take(actor: Any, path: Path) -> Tally:
    """Import a file."""
    return import_incidents(actor=actor, path=path, mapping=mapping("police-uk")).tally


def test_the_data_set_comes_in_whole_and_a_month_of_it_is_then_known(world: World, test_data: Path) -> None:
    """325,069 rows: months, types, rows without coordinates; then the raw CSV of January adds nothing [COL-10]."""
    actor = actor_for(world.user(Role.INTELLIGENCE_OFFICER), purpose=world.desk.pk)
    with acting(actor, "test"):
        whole = take(actor, test_data / FOLDER / "avon_and_somerset_street_2023_2024.parquet")
        month = take(actor, test_data / FOLDER / "sample_2023-01_raw.csv")
        rows = Incident.objects.seen_by(actor)
        types = dict(rows.values_list("crime_type").annotate(n=Count("pk")).order_by())
        months = Counter(
            {
                (at.year, at.month): n
                for at, n in rows.values_list(TruncMonth("starts_at")).annotate(n=Count("pk")).order_by()
            }
        )
        unplaced = rows.filter(longitude=None).count()
        unplaced_by_missing = rows.filter(missing=["place"]).count()

    assert Tally(new=325069, incomplete=20142) == whole
    assert (month.new, month.known, month.refused) == (0, 12566, 0)
    assert types == BY_TYPE
    assert [months[2023, m] for m in range(1, 13)] == MONTHS_2023
    assert [n or 0 for n in MONTHS_2024] == [months[2024, m] for m in range(1, 13)]
    assert 20142 == unplaced == unplaced_by_missing
