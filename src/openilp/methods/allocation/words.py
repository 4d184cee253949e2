"""A plan in sentences: what it runs, what binds, what the next hour would buy, what is left out."""

from openilp.methods.allocation.plan import Binding, Plan
from openilp.methods.allocation.problem import Operation
from openilp.methods.sentence import Sentence

EXCLUDED = Sentence("excluded", "It may not run beside %(other)s, which the plan prefers.")
REQUIRES = Sentence("requires", "It may not run without %(other)s, which the plan leaves out.")
NOT_WORTH = Sentence(
    "not_worth",
    "Within the limits its hours and money prevent more harm elsewhere.",
)
NOTHING_BINDS = Sentence(
    "nothing_binds",
    "No limit binds with these operations: one more hour or unit of money would prevent nothing more.",
)
# By what binds: the sentence on what one more of it would change.
_NEXT = {
    "hours": Sentence("next_hours", "One more hour in all would prevent %(gain)s more."),
    "money": Sentence("next_money", "One more unit of money would prevent %(gain)s more."),
    "unit": Sentence("next_unit", "One more hour of %(name)s would prevent %(gain)s more."),
    "span": Sentence("next_span", "One more hour of %(name)s would prevent %(gain)s more."),
    "coverage": Sentence(
        "next_coverage", "Each hour that %(name)s demands costs %(gain)s of harm prevented elsewhere."
    ),
    "shared": Sentence(
        "next_shared",
        "The harm %(name)s is prevented as far as it can be; were it larger by one, %(gain)s more would be.",
    ),
}
# A reader takes in the dearest few; the result holds all of them.
_TOLD = 5


def reason_to_leave_out(operation: Operation, chosen: frozenset[str], barred: Sentence | None) -> Sentence:
    """This function will say why an operation does not run.

    Args:
        operation: It.
        chosen: Names of the operations that run.
        barred: Why it could not, if it could not.

    Returns:
        The reason.
    """
    if barred:
        return barred
    if beside := sorted(operation.excludes & chosen):
        return Sentence(EXCLUDED.code, EXCLUDED.template, {"other": beside[0]})
    if lacking := sorted(operation.requires - chosen):
        return Sentence(REQUIRES.code, REQUIRES.template, {"other": lacking[0]})
    return NOT_WORTH


def explain(plan: Plan) -> tuple[Sentence, ...]:
    """This function will tell what a plan's finding leaves open.

    Args:
        plan: A plan without an explanation.

    Returns:
        Sentences in the order in which a reader asks: how sure, what binds, what is left out.
    """
    return (
        _how_sure(plan),
        *(_what_binds(binding) for binding in plan.binding[:_TOLD]),
        *(() if plan.binding else (NOTHING_BINDS,)),
        *(
            Sentence(
                f"left_out_{row.reason.code}",
                "%(name)s is left out. %(reason)s",
                {"name": row.name, "reason": str(row.reason)},
            )
            for row in plan.left_out
        ),
    )


def _how_sure(plan: Plan) -> Sentence:
    facts = {
        "low": f"{plan.harm_prevented.low or 0.0:,.2f}",
        "high": f"{plan.harm_prevented.high or 0.0:,.2f}",
        "worst": f"{plan.worst_case:,.2f}",
    }
    return Sentence(
        "how_sure",
        "By the stated effects it prevents %(low)s (all low) to %(high)s (all high); protected: %(worst)s.",
        facts,
    )


def _what_binds(binding: Binding) -> Sentence:
    facts = {"name": binding.name, "gain": f"{binding.next_one:,.3g}"}
    said = _NEXT[binding.kind]
    return Sentence(said.code, said.template, facts)
