"""Method cards: what a user must know before trusting a method, read from the method's own docstring.

The docstring of a public method carries these sections, each a heading with indented text below it:

`Question:` what it answers, as a question; `Assumptions:` what must hold; `Traps:` how it misleads;
`Args:`, `Returns:`, `Raises:` as everywhere; `Oracle:` what its numbers were compared with, naming the file of
tests as `test_….py`; `Cost:` growth of time and memory with the data; `Not for:` when to use something else;
`Source:` the publication. A public method is a function that its family, a package or a module here, names in
`__all__`.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any

#: The families in the order in which an analysis uses them.
FAMILIES = (
    "space",
    "large",
    "harm",
    "series",
    "forecast",
    "networks",
    "threat",
    "judgement",
    "allocation",
    "impact",
    "fairness",
)
#: The sections of a card in the order of the page.
SECTIONS = (
    "Question",
    "Assumptions",
    "Traps",
    "Args",
    "Returns",
    "Raises",
    "Oracle",
    "Cost",
    "Not for",
    "Source",
)
#: A method may take nothing and refuse nothing; everything else has to be said.
OPTIONAL = frozenset({"Args", "Raises"})
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):[ \t]*$", re.MULTILINE)
_ENTRY = re.compile(r"^(\*{0,2}\w+): ", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+\.py)`")
_OPENING = "This function will "


@dataclass(frozen=True, slots=True)
class Card:
    """What is said about one method.

    Attributes:
        family: Package of the method below `openilp.methods`.
        name: Name of the function.
        summary: What it does, as an imperative sentence.
        signature: How it is called.
        sections: Text by heading, without indentation; headings that the docstring leaves out are missing.
    """

    family: str
    name: str
    summary: str
    signature: str
    sections: Mapping[str, str]

    def missing(self) -> tuple[str, ...]:
        """This function will name the headings that a complete card would have."""
        return tuple(h for h in SECTIONS if h not in OPTIONAL and not self.sections.get(h))

    def tests(self) -> tuple[str, ...]:
        """This function will name the files of tests that hold the method to its oracle."""
        return tuple(_TEST.findall(self.sections.get("Oracle", "")))

    def markdown(self) -> str:
        """This function will write the card as Markdown under a heading of the second level."""
        parts = [f"## {self.name}", self.summary, f"```python\n{self.signature}\n```"]
        for heading in SECTIONS:
            if text := self.sections.get(heading):
                shown = _entries(text) if heading in ("Args", "Raises") else text
                parts.append(f"**{heading}**" + ("\n\n" if shown.startswith("- ") else " – ") + shown)
        return "\n\n".join(parts) + "\n"


def card(method: Callable[..., Any]) -> Card:
    """This function will read the card of a method.

    Args:
        method: A public function of a family.

    Returns:
        Its card; what the docstring leaves out is missing there too.
    """
    text = inspect.getdoc(method) or ""
    first, *rest = _HEADING.split(text)
    summary = first.strip().removeprefix(_OPENING)
    return Card(
        family=method.__module__.removeprefix("openilp.methods.").split(".")[0],
        name=method.__name__,
        summary=summary[:1].upper() + summary[1:],
        signature=_signature(method),
        sections={
            heading: inspect.cleandoc(body) for heading, body in zip(rest[::2], rest[1::2], strict=True)
        },
    )


def families() -> dict[str, ModuleType]:
    """This function will load the families of methods.

    Returns:
        Package by name, in the order of `FAMILIES`.
    """
    names = {name: f"openilp.methods.{name}" for name in FAMILIES}
    return {name: importlib.import_module(path) for name, path in names.items() if find_spec(path)}


def cards(family: ModuleType) -> tuple[Card, ...]:
    """This function will read the cards of all public methods of a family.

    Args:
        family: A package of `families()`.

    Returns:
        One card for each function that it exports, by name.
    """
    exported = (getattr(family, name) for name in sorted(family.__all__))
    return tuple(card(member) for member in exported if inspect.isfunction(member))


def _signature(method: Callable[..., Any]) -> str:
    """Return the call with each argument on a line of its own, once there are several."""
    parameters = inspect.signature(method).parameters.values()
    shown, star = [], False
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            star = True
            shown.append("*")
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        shown.append(parameter.name + default)
    name = method.__name__
    one_line = f"{name}({', '.join(shown)})"
    return one_line if len(one_line) <= 90 else f"{name}(\n    " + ",\n    ".join(shown) + ",\n)"


def _entries(text: str) -> str:
    """Return `name: text` entries as a list."""
    return _ENTRY.sub(lambda found: f"- `{found[1]}`: ", text)
