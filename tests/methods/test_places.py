"""Places: metres whatever they were given in, and a refusal with the remedy where that cannot be."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, NotInMetres
from openilp.methods.places import LOCAL, Area, Places, Plane, proposal

# WGS 84, from the defining ellipsoid.
MERIDIAN_QUADRANT_M = 10_001_965.729
BRISTOL = np.array([-2.6, -2.5]), np.array([51.4, 51.5])


def test_the_pole_lies_a_meridian_quadrant_from_the_equator() -> None:
    """A local plane at the equator reproduces the published length of the WGS 84 meridian quadrant."""
    plane = Plane.local(np.array([0.0]), np.array([0.0]))

    _, y = plane.forward(np.array([0.0]), np.array([90.0]))

    assert y[0] == pytest.approx(MERIDIAN_QUADRANT_M, abs=0.001)


def test_a_zone_begins_at_its_false_easting() -> None:
    """The central meridian of UTM zone 31 is 3° east, x = 500 km there, 166,021 m at 0°, 0° (EPSG)."""
    x, y = Plane.utm(31).forward(np.array([3.0, 0.0]), np.array([0.0, 0.0]))

    assert x == pytest.approx([500_000.0, 166_021.443], abs=0.001)
    assert y == pytest.approx([0.0, 0.0], abs=1e-6)


@given(st.floats(-8, 8), st.floats(-80, 84), st.integers(1, 60))
def test_inverse_undoes_forward(away: float, lat: float, zone: int) -> None:
    """Forward and back returns the place to a micrometre."""
    plane = Plane.utm(zone, northern=lat >= 0)
    lon = (6 * zone - 183 + away + 180) % 360 - 180

    back = plane.inverse(*plane.forward(np.array([lon]), np.array([lat])))

    assert (back[0][0] - lon + 180) % 360 - 180 == pytest.approx(0, abs=1e-10)
    assert back[1][0] == pytest.approx(lat, abs=1e-10)


def test_a_plane_over_half_the_globe_is_refused() -> None:
    """Places 60 degrees apart do not share a plane."""
    with pytest.raises(BadValue, match=r"60\.0 degrees"):
        Plane.local(np.array([0.0, 60.0]), np.array([50.0, 50.0]))


def test_degrees_are_measured_in_the_named_projection() -> None:
    """Longitude and latitude with a projection become its metres."""
    places = Places.measured(*BRISTOL, crs="EPSG:4326", project="EPSG:32630")

    expected = Plane.utm(30).forward(*BRISTOL)
    np.testing.assert_allclose([places.x, places.y], expected, atol=1e-6)


def test_feet_become_metres() -> None:
    """A state plane in international feet is measured in metres: 1,000 ft are 304.8 m."""
    places = Places.measured([7_640_000.0, 7_641_000.0], [680_000.0, 680_000.0], crs="EPSG:2913")

    assert np.diff(places.x)[0] == pytest.approx(304.8)


def test_a_unit_of_feet_survives_the_way_through_degrees() -> None:
    """Forward and inverse of a plane in feet agree with the metres that `measured` gives."""
    lon, lat = np.array([-122.66]), np.array([45.52])
    projected = Places.measured(lon, lat, crs="EPSG:4326", project="EPSG:2913")

    direct = Plane("EPSG:2913").forward(lon, lat)
    back = Plane("EPSG:2913").inverse(projected.x, projected.y)

    assert projected.x[0] == pytest.approx(direct[0][0])
    assert back[0][0] == pytest.approx(-122.66)


@pytest.mark.parametrize(
    ("crs", "project", "words"),
    [
        (None, None, "--crs EPSG:4326 --project EPSG:32630.*--crs local-metres"),
        ("EPSG:4326", None, "EPSG:4326 .* is in degrees; .*EPSG:32630 fits"),
        ("EPSG:4326", "EPSG:4258", "measures degrees, not metres"),
        ("EPSG:4326", "EPSG:3857", "draws lengths wrong by up to 6.%.*EPSG:32630 fits"),
        (None, "EPSG:32630", "give their system with --crs"),
    ],
)
def test_what_is_not_in_metres_is_refused_with_the_remedy(
    crs: str | None, project: str | None, words: str
) -> None:
    """Degrees without projection, degrees that nobody declared, and planes that distort: each says what to do."""
    with pytest.raises(NotInMetres, match=words):
        Places.measured(*BRISTOL, crs=crs, project=project)


def test_small_metres_are_taken_at_their_word() -> None:
    """With local-metres even values that look like degrees are metres; larger ones need no word."""
    said = Places.measured([1.0, 2.0], [3.0, 4.0], crs=LOCAL)
    plain = Places.measured([1000.0, 2.0], [3.0, 4.0])

    assert said.x.tolist() == [1.0, 2.0]
    assert plain.plane.is_local


def test_the_proposal_can_be_taken() -> None:
    """`auto` measures in the projection that would be proposed."""
    assert Places.measured(*BRISTOL, crs="EPSG:4326", project="auto").plane.crs == "EPSG:32630"
    assert proposal(np.array([151.2]), np.array([-33.9])) == "EPSG:32756"


def test_a_latitude_out_of_range_names_its_row() -> None:
    """Swapped columns are caught with the row and its name."""
    with pytest.raises(BadValue, match=r"lat of line 7 is 95\.0"):
        Places.measured([1.0], [95.0], crs="EPSG:4326", project="auto", row=lambda i: f"line {i + 7}")


def test_an_unknown_system_is_named() -> None:
    """A code that does not exist is told from one that does not fit."""
    with pytest.raises(BadValue, match="EPSG:1"):
        Places.measured(*BRISTOL, crs="EPSG:1")


def test_half_a_place_is_no_place() -> None:
    """An easting without a northing counts as not known; infinity is an error."""
    places = Places(np.array([1.0, np.nan]), np.array([np.nan, 2.0]), Plane(LOCAL))

    assert places.located.tolist() == [False, False]
    with pytest.raises(BadValue, match="row 1 is infinite"):
        Places(np.array([np.inf]), np.array([1.0]), Plane(LOCAL))


def test_an_area_follows_the_events_onto_their_plane() -> None:
    """An area in degrees, brought onto the plane, holds the events that it held; a stated and a local system differ."""
    plane = Plane.utm(30)
    area = Area.measured(shapely.box(-2.7, 51.3, -2.55, 51.6), crs="EPSG:4326", plane=plane)
    places = Places.from_degrees(*BRISTOL, plane=plane)

    assert shapely.contains_xy(area.geometry, places.x, places.y).tolist() == [True, False]
    with pytest.raises(NotInMetres, match="state the systems of both"):
        Area.measured(area.geometry, crs="EPSG:32630", plane=Plane(LOCAL))


def test_places_move_between_planes() -> None:
    """The same places on another plane and back are the same metres."""
    places = Places.from_degrees(*BRISTOL)

    back = places.on(Plane.utm(30)).on(places.plane)

    np.testing.assert_allclose(back.x, places.x, atol=1e-5)
