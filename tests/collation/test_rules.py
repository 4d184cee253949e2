"""Keys, names and candidates: rules without a database."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.collation import rules
from openilp.collation.errors import CategoryMissing, CollationError, PredicateMissing
from openilp.collation.rules import NewInvolvement, romanise

CYRILLIC = st.text(alphabet="абвгдеёжзийклмноөпрстуүфхцчшщъыьэюя -", min_size=1, max_size=40)
ANY_TEXT = st.text(max_size=60)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """A key of a key is the key: what is stored can be searched for with itself."""
    once = romanise.folded(text)

    assert once == romanise.folded(once)


@given(ANY_TEXT)
def test_a_folded_text_holds_words_only(text: str) -> None:
    """No signs, no double blanks, nothing in capitals."""
    folded = romanise.folded(text)

    assert folded == " ".join(folded.split())
    assert all(c.isalnum() or c == " " for c in folded)
    assert folded == folded.casefold()


@given(CYRILLIC)
def test_cyrillic_becomes_plain_latin(text: str) -> None:
    """Every letter of Mongolian and Russian has its place in the table."""
    assert romanise.folded(text).isascii()


@given(ANY_TEXT)
def test_case_and_outer_blanks_never_matter(text: str) -> None:
    """Capitals at a border post and small letters in a chat are one name."""
    assert romanise.folded(text) == romanise.folded(f"  {text.casefold()} ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Бат-Эрдэнэ Ганболд", "BAT-ERDENE Ganbold"),
        ("Өлзийбат", "Ölziibat"),
        ("Юрий", "Yuriy"),
        ("Юрий", "Yuri"),
        ("Жамсран", "Zhamsran"),
        ("Жамсран", "Jamsran"),
        ("Хан", "Khan"),
        ("Фёдор", "Fyodor"),
        ("Мөнхбаатар", "Mönkhbaatar"),
        ("Щукин", "Shchukin"),
        ("Ђорђевић", "Đorđević"),
        ("Lindström", "LINDSTROM"),
        ("José", "Jose\u0301"),
    ],
)
def test_one_name_in_two_scripts_has_one_key(one: str, other: str) -> None:
    """Names are searched across scripts."""
    assert romanise.folded(one) == romanise.folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Bat", "Bold"), ("Ганбат", "Ганболд"), ("Anna", "Anne"), ("112", "1122")]
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    """Folding does not make everybody one, and doubled digits are not letters."""
    assert romanise.folded(one) != romanise.folded(other)


@pytest.mark.parametrize(
    "plate", ["4127 ӨҮА", "4127ӨҮА", "4127-oya", "4127 OYA", "4127 ОУА".replace("У", "Y")]
)
def test_a_plate_has_one_key_however_it_is_typed(plate: str) -> None:
    """No blanks, and look-alike letters of both scripts are one."""
    assert rules.value_key("vehicle", "plate", plate) == "4127oya"


@given(st.text(alphabet="АВЕКМНОРСТУХ0123456789", min_size=3, max_size=9))
def test_a_plate_typed_in_latin_look_alikes_is_the_same_plate(plate: str) -> None:
    """Half of the plates are typed on the wrong keyboard."""
    latin = plate.translate(str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX"))

    assert rules.value_key("vehicle", "plate", plate) == rules.value_key("vehicle", "plate", latin)


@pytest.mark.parametrize("number", ["+999 5550 0142", "00999 55500142", "(999) 5550-0142"])
def test_a_telephone_number_is_its_digits(number: str) -> None:
    """Blanks, brackets and the international prefix do not matter."""
    assert rules.value_key("phone", "number", number) == "99955500142"


def test_a_query_is_tried_as_words_plate_and_number() -> None:
    """One field takes a name, a plate or a number."""
    assert rules.search_keys("4127 ӨҮА") == ("4127 oua", "4127oya")
    assert rules.search_keys("5550 0142") == ("5550 0142", "55500142")
    assert rules.search_keys("  ") == ()


AT = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_name_does_not_change_with_each_report() -> None:
    """The most telling property, and of it the value that was stated first."""
    later = AT.replace(day=2)
    named = [
        rules.Named("alias", "Bata", "bata", AT),
        rules.Named("name", "Ganbold B.", "ganbold b", later),
        rules.Named("name", "Bat-Erdene", "bat erdene", AT),
        rules.Named("occupation", "driver", "driver", AT),
    ]

    assert rules.label_of("person", named) == ("Bat-Erdene", ("Ganbold B.", "Bata"))
    assert rules.label_of("person", []) == ("", ())


@pytest.mark.parametrize(
    ("left", "right", "agrees", "differs"),
    [
        ({"name": ["bat erdene ganbold"]}, {"name": ["ganbold bat erdene"]}, ("name",), ()),
        ({"name": ["bat erdene g"]}, {"alias": ["bat erdene ganbold"]}, ("name",), ()),
        ({"name": ["bat"]}, {"name": ["bold"]}, (), ()),
        ({"name": ["b g"]}, {"name": ["bold ganbat"]}, (), ()),
        (
            {"name": ["bat"], "birth_date": ["1987-04-12"]},
            {"name": ["bat"], "birth_date": ["1978-04-12"]},
            ("name",),
            ("birth_date",),
        ),
        (
            {"name": ["bat"], "birth_date": ["1987"]},
            {"name": ["bat"], "birth_date": ["1987-04-12"]},
            ("name", "birth_date"),
            (),
        ),
        ({"birth_date": ["1987"]}, {"birth_date": ["1987"]}, (), ()),
        ({"plate": ["4127oya"]}, {"plate": ["4127oya", "1"]}, ("plate",), ()),
        ({"vin": ["a"]}, {"vin": ["b"]}, (), ("vin",)),
        ({"sex": ["m"]}, {"sex": ["m"]}, (), ()),
    ],
)
def test_candidates_say_what_agrees_and_what_differs(
    left: dict[str, list[str]],
    right: dict[str, list[str]],
    agrees: tuple[str, ...],
    differs: tuple[str, ...],
) -> None:
    """Names by words and initials, dates by what both know, numbers exactly; a common birth date alone is nothing."""
    found = rules.agreement(left, right)

    assert (agrees, differs) == (found.agrees, found.differs)
    assert found == rules.agreement(right, left)
    assert not hasattr(found, "score")


PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


@given(PAIRS)
def test_clusters_are_what_pairs_connect(pairs: list[tuple[int, int]]) -> None:
    """The same as walking from each seed, one pair at a time."""
    found = rules.components(pairs, list(range(13)))

    for seed, members in found.items():
        reached, grew = {seed}, True
        while grew:
            more = {x for a, b in pairs if {a, b} & reached for x in (a, b)}
            grew = not more <= reached
            reached |= more
        assert members == reached


@given(PAIRS, st.randoms(use_true_random=False))
def test_clusters_do_not_depend_on_the_order_of_judgements(
    pairs: list[tuple[int, int]], random: object
) -> None:
    """Merging and un-merging in another order gives the same clusters."""
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    seeds = list(range(13))

    assert rules.components(pairs, seeds) == rules.components(shuffled, seeds)


def test_a_person_needs_a_category_and_a_suspect_the_facts() -> None:
    """Categories come from the list; those that need grounds are refused without."""
    for code in reference.catalogue().categories.get("subject-categories").codes:
        known = reference.subject_category(code)
        new = NewInvolvement(code)
        if code == "UNK":
            with pytest.raises(CategoryMissing):
                rules.check_involvement(new)
        elif known.needs_predicate:
            with pytest.raises(PredicateMissing):
                rules.check_involvement(new)
            assert rules.check_involvement(NewInvolvement(code, "Was seen.")).predicate == "Was seen."
        else:
            assert rules.check_involvement(new) is new
    with pytest.raises(CollationError, match="use one of"):
        rules.check_involvement(NewInvolvement("XXX"))


def test_every_value_of_a_property_has_a_key_of_its_kind() -> None:
    """Each property of each type can be keyed, and equal values meet."""
    for kind in reference.vocabulary("entity-types").codes:
        for about in reference.entity_type(kind).properties:
            assert rules.value_key(kind, about, "12 34") == rules.value_key(kind, about, "12 34 ".strip())
            assert rules.value_key(kind, about, "1987")
