"""What the grade strip shows: one item, one scheme, and the grade that stands."""

from dataclasses import dataclass

from django.http import QueryDict

from openilp import reference
from openilp.collection.models import Item
from openilp.evaluation import selectors
from openilp.evaluation.forms import GradeForm
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor


@dataclass(frozen=True)
class Group:
    """One group of choices: source, information or handling."""

    name: str
    values: tuple[reference.Value, ...]
    chosen: str
    errors: list[str]


@dataclass(frozen=True)
class Strip:
    """The grade strip of one item."""

    item: Item
    of: int
    scheme: reference.GradingScheme
    schemes: tuple[reference.GradingScheme, ...]
    current: Evaluation | None
    form: GradeForm
    back: str

    @property
    def groups(self) -> list[Group]:
        """Return the groups of the strip in the order in which they are typed."""
        lists = {
            "source": self.scheme.source.values,
            "information": self.scheme.information.values,
            "handling": self.scheme.handling.values,
        }
        return [
            Group(
                name,
                values,
                self.form.data.get(name, ""),
                [str(said) for said in self.form.errors.get(name, [])],
            )
            for name, values in lists.items()
        ]

    @property
    def other_errors(self) -> list[str]:
        """Return what is wrong besides the three groups and the restriction."""
        names = ("scheme", "scheme_version", "reasons", "supersedes", "__all__")
        return [str(said) for name in names for said in self.form.errors.get(name, [])]


def scheme_of(wanted: str) -> reference.GradingScheme:
    """Return the scheme that an address asks for, else the one of the national profile."""
    if wanted and wanted in {scheme.id for scheme in reference.grading_schemes()}:
        return reference.grading_scheme(wanted)
    return selectors.default_scheme()


def strip(
    item: Item,
    items: list[Item],
    *,
    actor: Actor,
    query: QueryDict,
    form: GradeForm | None = None,
    back: str = "",
) -> Strip:
    """Return the strip for an item; nothing in it is preset."""
    current = selectors.current_evaluations([item], actor=actor).get(item.pk)
    wanted = (form.data.get("scheme", "") if form else "") or query.get("scheme", "")
    return Strip(
        item,
        len(items),
        scheme_of(wanted),
        reference.grading_schemes(),
        current,
        form or GradeForm(),
        back,
    )
