"""What every result can do: be plain data, be said in words, be drawn.

A method's result is a frozen dataclass that inherits `Result` and has the fields `n`, `method` and `cautions`
beside its numbers, their uncertainty and its parameters. It adds `finding` (the answer in one sentence) and
`plot` (with `openilp.methods.drawing`), and everything else – JSON, the terminal, the method card – follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openilp.methods.record import as_record
from openilp.methods.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture in two forms.

    Attributes:
        option: An Apache ECharts option: plain JSON, no functions.
        svg: The same as the text of an SVG file.
    """

    option: Mapping[str, Any]
    svg: str

    def _repr_svg_(self) -> str:
        """This function will show the picture in a notebook, which asks for it by this name."""
        return self.svg


class Result:
    """A result of a method; the dataclasses of this library inherit it."""

    __slots__ = ()

    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        raise NotImplementedError

    def plot(self) -> Plot:
        """This function will draw the result."""
        raise NotImplementedError

    def in_words(self) -> str:
        """This function will say the answer, how it was computed, and what the reader must know."""
        return "\n".join(
            [str(self.finding), str(self.method), *(f"Caution: {each}" for each in self.cautions)]
        )

    def to_dict(self) -> dict[str, Any]:
        """This function will turn the result into data that `json.dumps(allow_nan=False)` accepts.

        Returns:
            The fields by name, and `finding`; NaN and infinity become None.
        """
        record: dict[str, Any] = as_record(self)
        return record | {"finding": as_record(self.finding)}
