"""How many sources really stand behind a statement: reports that echo each other count once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from openilp.methods import drawing
from openilp.methods.errors import BadValue
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

ECHO = Sentence(
    "echo",
    "Items of one source, or derived from one another, count once; an item without a known source may be any "
    "of the others, so the number is a range.",
)


@dataclass(frozen=True, slots=True)
class SourcedItem:
    """One item of information and where it comes from.

    Attributes:
        item: Its identifier.
        source: Pseudonym under which its source can be told from others; None when it cannot.
        derived_from: Items that it repeats, summarises or was sanitised from.
    """

    item: str
    source: str | None
    derived_from: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class IndependentSources(Result):
    """The number of independent origins.

    Attributes:
        at_least: If every unknown source is one of the known ones.
        at_most: If every unknown source is another one.
        groups: Items that count once together, each group and the list in alphabetical order.
        n: Items.
        method: How it was computed.
        cautions: What the reader must know.
    """

    at_least: int
    at_most: int
    groups: tuple[tuple[str, ...], ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many origins there are."""
        facts = {"low": str(self.at_least), "high": str(self.at_most), "n": str(self.n)}
        if self.at_least == self.at_most:
            return Sentence("sources_known", "%(low)s independent sources stand behind %(n)s items.", facts)
        return Sentence(
            "sources_between", "%(low)s to %(high)s independent sources stand behind %(n)s items.", facts
        )

    def plot(self) -> Plot:
        """This function will draw how many items each origin has."""
        names = [group[0] for group in self.groups]
        sizes = [len(group) for group in self.groups]
        return drawing.bars("Items of each origin", names, sizes, x_name="first item", y_name="items")


def independent_sources(items: Sequence[SourcedItem]) -> IndependentSources:
    """This function will count the independent origins of some items.

    Question:
        How many sources really stand behind this statement?

    Assumptions:
        What derives from what was recorded, and a pseudonym stands for one source.

    Traps:
        Two sources who heard it from one mouth look like two. An unknown source may be any of the known ones:
        the answer is a range.

    Args:
        items: The items; one of them may derive from an item that is not in the list.

    Returns:
        Lowest and highest number of origins, and the groups behind it.

    Raises:
        BadValue: If an item is listed twice.

    Oracle:
        Naive counts over groups, in `test_judgement.py`.

    Cost:
        Nearly linear (union of sets).

    Not for:
        Saying that a statement is true.

    Source:
        Union and find: Tarjan, JACM 22 (1975); circular reporting as Heuer, Psychology of Intelligence Analysis
        (1999), describes it.
    """
    leader: dict[tuple[str, str], tuple[str, str]] = {}

    def find(node: tuple[str, str]) -> tuple[str, str]:
        leader.setdefault(node, node)
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    seen: set[str] = set()
    for item in items:
        if item.item in seen:
            raise BadValue("item", repr(item.item), "list every item once")
        seen.add(item.item)
        here = ("item", item.item)
        find(here)
        linked = [("item", origin) for origin in item.derived_from]
        if item.source is not None:
            linked.append(("source", item.source))
        for other in linked:
            leader[find(here)] = find(other)
    groups: dict[tuple[str, str], list[str]] = {}
    known: set[tuple[str, str]] = set()
    for item in items:
        root = find(("item", item.item))
        groups.setdefault(root, []).append(item.item)
        if item.source is not None:
            known.add(root)
    return IndependentSources(
        at_least=max(len(known), min(len(groups), 1)),
        at_most=len(groups),
        groups=tuple(sorted(tuple(sorted(group)) for group in groups.values())),
        n=len(items),
        method=Sentence(
            "sources_joined",
            "Items of one source, or derived from one another, are joined; %(n)s items.",
            {"n": str(len(items))},
        ),
        cautions=(ECHO,),
    )
