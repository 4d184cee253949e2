"""Sentences about a method and its limits that can be translated and stored with a result."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its facts kept apart, so that a page can translate the template.

    Attributes:
        code: Stable name of the sentence.
        template: English text with `%(name)s` places for the facts.
        facts: Values of the places.
    """

    code: str
    template: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """This function will return the English sentence with its facts."""
        return self.template % self.facts if self.facts else self.template


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval and the number of observations behind it.

    Attributes:
        value: Point estimate; None when the data do not determine one.
        low: Lower end of the interval; None when it is unbounded below.
        high: Upper end of the interval; None when it is unbounded above.
        level: Coverage of the interval, for example 0.95.
        n: Observations behind the estimate.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
