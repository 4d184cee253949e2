"""Every public method says what it answers, what misleads, and what its numbers were compared with."""

from pathlib import Path

import pytest

from openilp.methods import cards
from openilp.methods.impact import cost_per_unit

ROOT = Path(__file__).parents[2]
TESTS = {path.name for path in (ROOT / "tests" / "methods").rglob("test_*.py")}
KNOWN = [card for family in cards.families().values() for card in cards.cards(family)]


@pytest.mark.parametrize("card", KNOWN, ids=lambda card: card.name)
def test_every_public_method_has_a_complete_card(card: cards.Card) -> None:
    """The build fails when a method leaves out a heading, asks nothing, or names an oracle that no test holds."""
    assert card.missing() == ()
    assert card.sections["Question"].endswith("?")
    assert card.tests()
    assert set(card.tests()) <= TESTS


def test_each_family_has_methods_and_a_page_in_the_navigation() -> None:
    """A reader finds every family."""
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    found = cards.families()

    assert len(KNOWN) >= len(found) > 0
    assert [name for name in found if f"reference/methods/{name}.md" not in navigation] == []


def test_no_package_of_methods_is_forgotten() -> None:
    """A package of the library that exports functions is a family, so its methods need cards."""
    packages = {path.parent.name for path in (ROOT / "src" / "openilp" / "methods").glob("*/__init__.py")}

    assert sorted(packages - set(cards.FAMILIES)) == []


def test_a_card_is_read_from_the_docstring() -> None:
    """Summary, question and arguments appear on the page as the docstring has them."""
    read = cards.card(cost_per_unit)

    assert read.family == "impact"
    assert read.summary == "Divide a cost by the number of events that it prevented."
    assert read.sections["Question"].startswith("What has one prevented event")
    assert "- `cost`: Money or hours" in read.markdown()
    assert read.tests() == ("test_impact.py",)


def test_what_the_docstring_leaves_out_is_missing_from_the_card() -> None:
    """Silence is no section."""

    def silent() -> None:
        """This function will say nothing.

        Question:
            Really?
        """

    assert cards.card(silent).missing() == (
        "Assumptions",
        "Traps",
        "Returns",
        "Oracle",
        "Cost",
        "Not for",
        "Source",
    )
