"""What the demo invents: the country, the names, the stories – and what it does not invent: the incidents."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import shape

from openilp import reference
from openilp.cli.demo_agency import agency, names
from openilp.cli.demo_agency.cast import PLOTS
from openilp.cli.demo_agency.geography import places
from openilp.cli.demo_agency.incidents import EXTRACT
from openilp.cli.demo_agency.stories import drafts, sentences
from openilp.safeguards.roles import Role

DISTRICTS = [(place.code, shape(place.boundary)) for place in places() if place.boundary]


def test_the_country_has_three_regions_of_three_districts() -> None:
    """Headquarters, regions, districts, each under the one above."""
    levels = Counter(place.organisation_level for place in places())
    above = Counter(place.above for place in places() if place.organisation_level == "local")

    assert levels == {"national": 1, "regional": 3, "local": 9}
    assert {3} == set(above.values())


def test_districts_fit_together_without_gap_or_overlap() -> None:
    """Each border is drawn once and shared."""
    assert all(area.is_valid for _, area in DISTRICTS)
    assert max(a.intersection(b).area for (_, a), (_, b) in combinations(DISTRICTS, 2)) < 1e-12
    country = shapely.union_all([area for _, area in DISTRICTS])
    assert country.geom_type == "Polygon"
    assert len(country.interiors) == 0


def test_every_located_incident_of_the_extract_falls_into_a_district() -> None:
    """At least 50,000 real incidents in at most 4 MB, with rows that have no place."""
    table = pq.read_table(EXTRACT)
    longitudes = np.asarray(table["Longitude"].to_numpy(zero_copy_only=False), dtype=float)
    latitudes = np.asarray(table["Latitude"].to_numpy(zero_copy_only=False), dtype=float)
    located = np.isfinite(longitudes)
    inside = sum(shapely.contains_xy(area, longitudes, latitudes).sum() for _, area in DISTRICTS)

    assert table.num_rows >= 50_000
    assert EXTRACT.stat().st_size <= 4_000_000
    assert 0 < (~located).sum() < located.sum()
    assert located.sum() == inside


@pytest.mark.real_data
def test_the_extract_is_what_the_script_draws_from_the_data_set(test_data: Path) -> None:
    """Nobody edited a row: the same seed gives the same table."""
    from scripts.make_demo_extract import extract

    source = test_data / "crime/police_uk_avon_somerset/avon_and_somerset_street_2023_2024.parquet"

    assert extract(pq.read_table(source)).equals(pq.read_table(EXTRACT))


def test_there_is_one_account_a_role() -> None:
    """Every duty is tried by somebody, and no account has two."""
    assert set(Role) == {person.role for person in agency.STAFF}
    assert len(agency.STAFF) == len({person.username for person in agency.STAFF})
    assert len(agency.STAFF) == len({person.full_name for person in agency.STAFF})


def test_names_have_one_writing_in_each_alphabet() -> None:
    """A man of a Russian report is the same as in an English one."""
    from random import Random

    made = [name for name, _ in zip(names.people(Random(1)), range(200), strict=False)]

    assert 200 == len({name.latin for name in made}) == len({name.cyrillic for name in made})
    assert all(name.latin.isascii() and not name.cyrillic.isascii() for name in made)


def test_the_same_seed_tells_the_same_stories_and_another_one_others() -> None:
    """The demo is the same on every machine."""
    assert drafts(5) == drafts.__wrapped__(5)
    assert drafts(5) != drafts(6)


def test_four_hundred_reports_tell_three_stories_in_three_languages() -> None:
    """English, Russian and Mongolian; one talkative man; hardly a sentence twice."""
    told = drafts()
    texts = [item.text for draft in told for item in draft.items]

    assert len(told) == 400
    assert {"burglary", "ring", "drugs"} == {draft.story for draft in told}
    assert {"en", "ru", "mn"} == {draft.language for draft in told}
    assert sum(draft.is_false for draft in told) == 6
    assert len(set(texts)) > 0.98 * len(texts)
    assert all(draft.observed_at.year == 2024 for draft in told)


def test_reports_lie_where_incidents_of_their_kind_were_recorded() -> None:
    """So that maps of both agree."""
    areas = dict(DISTRICTS)
    for draft in drafts():
        assert shapely.contains_xy(areas[draft.spot.district], draft.spot.longitude, draft.spot.latitude)
    assert {d.spot.district for d in drafts()} == {code for plot in PLOTS for code in plot.districts}


def test_every_kind_of_fact_is_a_link_that_the_reference_list_knows() -> None:
    """Sentences exist in each language, with both ends in them, and the link may join these types."""
    for kind, entry in sentences()["facts"].items():
        source, target = entry["ends"]
        assert entry["link"] in {link.code for link in reference.link_types_between(source, target)}, kind
        for language in ("en", "ru", "mn"):
            assert all("{a}" in said and "{b}" in said for said in entry[language]), (kind, language)


def test_nobody_is_proposed_as_suspect_without_facts() -> None:
    """Each story has the facts that make somebody a suspect, and everybody is categorised at the first mention."""
    proposed = Counter(key for draft in drafts() for key in draft.proposed)

    assert {1} == set(proposed.values())
    for plot in PLOTS:
        assert sentences()["predicates"][plot.name]
        assert all(reference.subject_category(code).searchable for code in plot.people)
