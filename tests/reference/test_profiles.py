"""A national profile puts lists in force from a day on."""

from __future__ import annotations

import datetime as dt

import pytest

from openilp import reference


def test_the_demo_country_uses_every_category() -> None:
    """Altania reviews each category, none later than its maximum."""
    profile = reference.national_profile("altania")

    assert {each.code for each in profile.categories} == set(reference.vocabulary("subject-categories").codes)
    assert max(each.review_days for each in profile.categories) <= profile.max_review_days == 1095
    assert profile.grading_scheme == ("europol-4x4", "1")


def test_a_basis_is_in_force_from_its_day() -> None:
    """The cooperation act of Altania starts on 1 July 2022. [LEG-13]"""
    profile = reference.national_profile("altania")

    before, after = profile.bases_on(dt.date(2022, 6, 30)), profile.bases_on(dt.date(2022, 7, 1))

    assert set(after) - set(before) == {"IPC-7"}


def test_nothing_is_in_force_before_the_profile() -> None:
    """Yesterday's records are not justified by today's law."""
    profile = reference.national_profile("altania")

    assert profile.bases_on(dt.date(2019, 12, 31)) == ()
    assert profile.categories_on(dt.date(2019, 12, 31)) == ()


@pytest.mark.parametrize(
    ("category", "due"),
    [("SUS", dt.date(2028, 1, 1)), ("VIC", dt.date(2026, 1, 1)), (None, dt.date(2028, 1, 1))],
)
def test_a_review_falls_due_by_category(category: str | None, due: dt.date) -> None:
    """A victim is reviewed sooner than a suspect; without a category the maximum holds."""
    assert reference.national_profile("altania").review_due_on(dt.date(2025, 1, 1), category) == due


def test_a_category_that_the_country_does_not_use_is_an_error() -> None:
    """The law of the country is the list."""
    with pytest.raises(reference.UnknownCode, match="Category 'OFF' is not in profile 'altania'"):
        reference.national_profile("altania").category("OFF")


def test_an_unknown_profile_is_an_error() -> None:
    """No country stands in for another."""
    with pytest.raises(
        reference.UnknownScheme, match="National profile 'ruritania' is not in the reference data"
    ):
        reference.national_profile("ruritania")


def test_profiles_are_listed() -> None:
    """The set-up offers what there is."""
    assert [profile.id for profile in reference.national_profiles()] == ["altania"]
