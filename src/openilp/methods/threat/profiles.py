"""Indicator profiles of groups and crime areas: what is known in each domain, and between which ends the whole lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openilp.methods import drawing
from openilp.methods.errors import BadValue, TooFew, UnknownType
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.threat.scheme import UNKNOWN
from openilp.methods.threat.subjects import check_kind

GRADES = ("low", "medium", "high")
#: Below this share of known weight a profile says more about the collection than about its subject.
THIN = 0.5

WEIGHTS_ARE_LOCAL = Sentence(
    "weights_are_local",
    "Indicators and weights are set by whoever runs this and are shown with the result; no official weights exist.",
)
UNKNOWN_IS_NOT_LOW = Sentence(
    "unknown_is_not_low",
    "An unknown indicator may be anything: the whole is a range from all unknown ones low to all of them high.",
)
THIN_PROFILES = Sentence(
    "thin_profiles", "Less than half of the weight is known for %(ids)s: collect before comparing."
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing to look at.

    Attributes:
        id: Identifier.
        domain: What it belongs to, such as structure, reach, violence or demand.
        weight: Above 0.
    """

    id: str
    domain: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class DomainProfile:
    """One domain of one subject.

    Attributes:
        domain: Its name.
        known: Share of its weight that has a grade.
        low: Weighted mean of the grades, 0 all low to 1 all high, if everything unknown is low.
        high: The same if everything unknown is high.
        gaps: Indicators without a grade.
    """

    domain: str
    known: float
    low: float
    high: float
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """One subject.

    Attributes:
        id: Identifier.
        kind: What it is.
        domains: In the order of the indicators.
        known: Share of all weight that has a grade.
        low: Weighted mean over all indicators if everything unknown is low.
        high: The same if everything unknown is high.
    """

    id: str
    kind: str
    domains: tuple[DomainProfile, ...]
    known: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Profiles(Result):
    """The subjects in the order given.

    Attributes:
        subjects: One for each.
        indicators: With their weights.
        n: Subjects.
        method: How it was computed.
        cautions: What the reader must know.
    """

    subjects: tuple[Profile, ...]
    indicators: tuple[Indicator, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how much is known, and where the largest gap is."""
        thinnest = min(self.subjects, key=lambda each: each.known)
        return Sentence(
            "profiles_found",
            "%(n)s subjects over %(indicators)s indicators; least is known of %(thinnest)s (%(known)s of the weight), "
            "whose whole lies between %(low)s and %(high)s.",
            {
                "n": str(self.n),
                "indicators": str(len(self.indicators)),
                "thinnest": thinnest.id,
                "known": f"{thinnest.known:.0%}",
                "low": f"{thinnest.low:.2f}",
                "high": f"{thinnest.high:.2f}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the middle of each domain's range, subject by subject."""
        domains = [each.domain for each in self.subjects[0].domains]
        return drawing.matrix(
            "Profiles (middle of the range; empty where nothing is known)",
            [each.id for each in self.subjects],
            domains,
            [
                [(part.low + part.high) / 2 if part.known else float("nan") for part in each.domains]
                for each in self.subjects
            ],
            x_name="domain",
            y_name="subject",
        )


def indicator_profiles(
    subjects: Mapping[str, tuple[str, Mapping[str, str]]], indicators: Sequence[Indicator]
) -> Profiles:
    """This function will set out what is known of groups or crime areas, domain by domain.

    Question:
        What do we know of each group or crime area, where are the gaps, and between which ends does the whole lie?

    Assumptions:
        Indicators are graded low, medium or high by written rules, and unknown where there is no basis.

    Traps:
        A subject with many gaps looks harmless when gaps count as low, and dangerous when they count as high:
        therefore the range. Adding indicators of one domain gives that domain more say: look at the weights.

    Args:
        subjects: Kind, and grade by indicator, by identifier; a missing indicator is unknown.
        indicators: At least 1.

    Returns:
        A profile for each subject, in the order given; there is no single number.

    Raises:
        TooFew: If there is no subject or no indicator.
        PersonsRefused: If a subject is a person.
        BadValue: If an indicator repeats, its weight is not above 0, or a kind is not assessed.
        UnknownType: If an indicator or a grade is unknown.

    Oracle:
        Profiles by hand, and the range of all ways to fill the gaps by listing them, in `test_threat_profiles.py`.

    Cost:
        Linear.

    Not for:
        Persons; an order of subjects: use `threat_matrix`, which shows how firm it is.

    Source:
        Groups of indicators as strategic assessments of serious and organised crime use them; grades and weights are
        those of the caller. Bounds without assumptions about what is missing: Manski, Partial Identification (2003).
    """
    if not subjects or not indicators:
        raise TooFew("subjects" if indicators else "indicators", 0, 1)
    known = [each.id for each in indicators]
    for each in indicators:
        if known.count(each.id) > 1:
            raise BadValue("indicator", repr(each.id), "list each once")
        if not each.weight > 0:
            raise BadValue(f"weight of indicator {each.id!r}", each.weight, "use a number above 0")
    found = tuple(_profile(name, kind, grades, indicators) for name, (kind, grades) in subjects.items())
    thin = [each.id for each in found if each.known < THIN]
    said = (Sentence(THIN_PROFILES.code, THIN_PROFILES.template, {"ids": ", ".join(thin)}),) if thin else ()
    return Profiles(
        subjects=found,
        indicators=tuple(indicators),
        n=len(found),
        method=Sentence(
            "indicator_profiles",
            "Weighted means of grades (low 0, medium 0.5, high 1) over %(n)s indicators; unknown ones span the range.",
            {"n": str(len(indicators))},
        ),
        cautions=(WEIGHTS_ARE_LOCAL, UNKNOWN_IS_NOT_LOW, *said),
    )


def _profile(name: str, kind: str, grades: Mapping[str, str], indicators: Sequence[Indicator]) -> Profile:
    known = tuple(each.id for each in indicators)
    for indicator, grade in grades.items():
        if indicator not in known:
            raise UnknownType("Indicator", indicator, known)
        if grade not in (*GRADES, UNKNOWN):
            raise UnknownType(f"Grade of {name!r} for {indicator}", grade, (*GRADES, UNKNOWN))
    domains = tuple(
        _domain(domain, [each for each in indicators if each.domain == domain], grades)
        for domain in dict.fromkeys(each.domain for each in indicators)
    )
    whole = _domain("all", indicators, grades)
    return Profile(name, check_kind(name, kind), domains, whole.known, whole.low, whole.high)


def _domain(domain: str, indicators: Sequence[Indicator], grades: Mapping[str, str]) -> DomainProfile:
    total = sum(each.weight for each in indicators)
    graded = [each for each in indicators if grades.get(each.id, UNKNOWN) != UNKNOWN]
    known = sum(each.weight for each in graded) / total
    low = sum(each.weight * GRADES.index(grades[each.id]) / 2 for each in graded) / total
    gaps = tuple(each.id for each in indicators if each not in graded)
    return DomainProfile(domain, known, low, low + (1 - known), gaps)
