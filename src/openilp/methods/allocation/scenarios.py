"""Plans beside each other: other limits, more protection, and every budget in turn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from openilp.methods.allocation.allocate import allocate
from openilp.methods.allocation.plan import Plan
from openilp.methods.allocation.problem import Problem
from openilp.methods.drawing import Line, bars, lines
from openilp.methods.errors import BadValue, NoPlan
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

PROTECTED = Sentence(
    "protected",
    "Protection is against effects at their stated low end; it knows nothing of what was not stated.",
)
# Differences below this share of the larger bound are the tolerance of the search, not a result.
_SAME = 1e-5


@dataclass(frozen=True, slots=True)
class Difference:
    """One scenario against the base.

    Attributes:
        name: Of the scenario.
        plan: Its best plan.
        harm: Harm prevented beyond the base plan.
        hours: Hours used beyond it.
        money: Money spent beyond it.
        added: Operations that only this plan runs.
        dropped: Operations that only the base plan runs.
        sentence: The difference in words.
    """

    name: str
    plan: Plan
    harm: float
    hours: float
    money: float
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class WhatIf(Result):
    """A base plan and what would change under other assumptions.

    Attributes:
        base: The plan for the problem as it is.
        differences: One for each scenario, as given.
        n: Scenarios.
        method: How it was computed.
        cautions: What the reader must know.
    """

    base: Plan
    differences: tuple[Difference, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say which scenario prevents most, against the plan as things are."""
        best = max(self.differences, key=lambda difference: difference.harm)
        return Sentence("best_scenario", "Most of all: %(difference)s", {"difference": str(best.sentence)})

    def in_words(self) -> str:
        """This function will say every difference."""
        return "\n".join(
            [*(str(each.sentence) for each in self.differences), *(f"Caution: {c}" for c in self.cautions)]
        )

    def plot(self) -> Plot:
        """This function will draw the harm that each plan prevents."""
        plans = {"as it is": self.base, **{each.name: each.plan for each in self.differences}}
        return bars(
            "Harm prevented",
            list(plans),
            [plan.harm for plan in plans.values()],
            x_name="scenario",
            y_name="harm",
        )


def what_if(problem: Problem, scenarios: Mapping[str, Problem], *, seconds: float = 30.0) -> WhatIf:
    """This function will compare the best plan with the best plans under other limits or effects.

    Question:
        What would another team, more money, an earlier date or a lower effect change, and which operations?

    Assumptions:
        Those of `allocate`, in each scenario.

    Traps:
        Two plans can prevent the same harm with different operations: a changed list is no better by itself.

    Args:
        problem: As it is.
        scenarios: Other problems by name, usually `dataclasses.replace(problem, …)`.
        seconds: Time limit of each search.

    Returns:
        The base plan, and each scenario's plan with its difference.

    Raises:
        BadValue: If there is no scenario.
        NoPlan: If a scenario has no plan.

    Oracle:
        A scenario equal to the base changes nothing, a looser limit never prevents less (`test_scenarios.py`).

    Cost:
        One `allocate` for the base and each scenario.

    Not for:
        Adding up differences of several scenarios: they interact; put the changes into one.

    Source:
        Re-optimisation; no approximation by shadow prices.
    """
    if not scenarios:
        raise BadValue("scenarios", "empty", "name at least one other problem")
    base = allocate(problem, seconds=seconds)
    return WhatIf(
        base=base,
        differences=tuple(
            _difference(name, base, allocate(other, seconds=seconds)) for name, other in scenarios.items()
        ),
        n=len(scenarios),
        method=Sentence("what_if", "Each scenario is planned anew and compared with the plan as things are."),
        cautions=base.cautions,
    )


def _difference(name: str, base: Plan, plan: Plan) -> Difference:
    before, after = _names(base), _names(plan)
    harm = plan.harm - base.harm
    if abs(harm) <= _SAME * max(base.bound, plan.bound):
        harm = 0.0
    added = tuple(n for n in after if n not in before)
    dropped = tuple(n for n in before if n not in after)
    facts = {
        "name": name,
        "harm": f"{harm:+,.2f}",
        "money": f"{plan.money - base.money:+,.2f}",
        "added": ", ".join(added) or "none",
        "dropped": ", ".join(dropped) or "none",
    }
    return Difference(
        name=name,
        plan=plan,
        harm=harm,
        hours=plan.hours - base.hours,
        money=plan.money - base.money,
        added=added,
        dropped=dropped,
        sentence=Sentence(
            "difference",
            "%(name)s: %(harm)s harm prevented for %(money)s money; added: %(added)s; dropped: %(dropped)s.",
            facts,
        ),
    )


def _names(plan: Plan) -> tuple[str, ...]:
    return tuple(operation.name for operation in plan.operations)


@dataclass(frozen=True, slots=True)
class Protection(Result):
    """Plans that are protected against more and more disappointments.

    Attributes:
        plans: By the number of operations that may fall to their low effect at once, from 0.
        price: Expected harm prevented that each gives up against the plan without protection.
        gain: How much better its worst case is than that of the plan without protection.
        n: Operations that were considered.
        method: How it was computed.
        cautions: What the reader must know.
    """

    plans: tuple[Plan, ...]
    price: tuple[float, ...]
    gain: tuple[float, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say what full protection costs and gains."""
        facts = {
            "most": str(len(self.plans) - 1),
            "price": f"{self.price[-1]:,.2f}",
            "gain": f"{self.gain[-1]:,.2f}",
        }
        return Sentence(
            "protection",
            "Protection against %(most)s disappointments costs %(price)s of expected harm prevented and makes the "
            "worst case better by %(gain)s.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the expected and the worst case over the protection."""
        return lines(
            "What protection costs and gains",
            [float(count) for count in range(len(self.plans))],
            (
                Line("expected", [plan.harm for plan in self.plans]),
                Line("worst case", [plan.worst_case for plan in self.plans]),
            ),
            x_name="operations that may disappoint",
            y_name="harm prevented",
        )


def protection(problem: Problem, *, most: int | None = None, seconds: float = 30.0) -> Protection:
    """This function will show what protection against disappointing effects costs and gains.

    Question:
        If some operations work only as badly as we fear, which plan still does well, and what does that safety cost?

    Assumptions:
        Those of `allocate`; the low effects were stated with equal honesty for every operation.

    Traps:
        A plan protected against everything at once is the plan for the low effects, and usually too timid.

    Args:
        problem: Operations with their `low` effects, units and limits.
        most: Largest number of disappointments; all operations when left out.
        seconds: Time limit of each search.

    Returns:
        A plan for each number of disappointments with its price and its gain.

    Raises:
        BadValue: If `most` lies outside 0 to the number of operations.
        NoPlan: If the duties cannot be met.

    Oracle:
        The worst case against enumeration of all subsets of operations (`test_scenarios.py`).

    Cost:
        One `allocate` for each number of disappointments.

    Not for:
        Effects whose errors go together, as when one assumption feeds them all: look at the low end of
        `harm_prevented` instead.

    Source:
        Bertsimas and Sim, "The Price of Robustness", Operations Research 52 (2004).
    """
    n = len(problem.operations)
    last = n if most is None else most
    if not 0 <= last <= n:
        raise BadValue("most", last, f"give 0 to {n}, the number of operations")
    plans = tuple(allocate(problem, fragile=count, seconds=seconds) for count in range(last + 1))
    expected = [plan.harm for plan in plans]
    unprotected = [_worst_case(problem, plans[0], count) for count in range(last + 1)]
    return Protection(
        plans=plans,
        price=tuple(max(expected[0] - value, 0.0) for value in expected),
        gain=tuple(max(plan.worst_case - worst, 0.0) for plan, worst in zip(plans, unprotected, strict=True)),
        n=n,
        method=Sentence(
            "protection",
            "Plans with the best worst case when 0 to %(most)s operations fall to their low effect (Bertsimas and "
            "Sim 2004).",
            {"most": str(last)},
        ),
        cautions=(*plans[0].cautions, PROTECTED),
    )


def _worst_case(problem: Problem, plan: Plan, count: int) -> float:
    low = {operation.name: operation.low for operation in problem.operations}
    losses = sorted(((1 - low[o.name]) * o.harm for o in plan.operations), reverse=True)
    return plan.harm - sum(losses[:count])


@dataclass(frozen=True, slots=True)
class Front(Result):
    """The most harm that each amount of money or hours can prevent.

    Attributes:
        resource: `money` or `hours`.
        budgets: Limits, rising.
        plans: The best plan for each.
        n: Operations that were considered.
        method: How it was computed.
        cautions: What the reader must know.
    """

    resource: str
    budgets: tuple[float, ...]
    plans: tuple[Plan, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say from where to where the front reaches."""
        facts = {
            "resource": self.resource,
            "least": f"{self.budgets[0]:,.2f}",
            "most": f"{self.budgets[-1]:,.2f}",
            "few": f"{self.plans[0].harm:,.2f}",
            "many": f"{self.plans[-1].harm:,.2f}",
        }
        return Sentence(
            "front",
            "From %(least)s to %(most)s of %(resource)s, the harm prevented rises from %(few)s to %(many)s; more of "
            "it would prevent nothing more.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the harm prevented over the budget, and the bound."""
        return lines(
            f"The most harm prevented for each limit on {self.resource}",
            self.budgets,
            (
                Line("harm prevented", [plan.harm for plan in self.plans]),
                Line("bound", [plan.bound for plan in self.plans], dashed=True),
            ),
            x_name=self.resource,
            y_name="harm prevented",
        )


def cost_harm_front(
    problem: Problem, *, resource: str = "money", points: int = 12, seconds: float = 30.0
) -> Front:
    """This function will plan for every budget from the least that meets the duties to all that is of use.

    Question:
        How much harm would more, or less, money or hours prevent, and where does more of it stop being worth it?

    Assumptions:
        Those of `allocate`.

    Traps:
        Plans on the front need not contain each other: the next budget can drop what the last one ran.

    Args:
        problem: Operations, units and limits; its own limit on the resource is replaced.
        resource: `money` or `hours`.
        points: Number of budgets, 2 or more; budgets that change nothing are left out.
        seconds: Time limit of each search.

    Returns:
        Budgets with their plans, each with bound and gap; no plan is dominated by another.

    Raises:
        BadValue: If `resource` or `points` lies outside its range.
        NoPlan: If the duties cannot be met with any budget.

    Oracle:
        Enumeration of all choices at each budget (`test_scenarios.py`); harm never falls as the budget rises.

    Cost:
        One `allocate` for each budget, and one without a limit.

    Not for:
        A value of harm in money: the front leaves that to the person who decides.

    Source:
        The ε-constraint method: Haimes, Lasdon and Wismer, IEEE Transactions on Systems, Man, and Cybernetics 1
        (1971).
    """
    if resource not in ("money", "hours"):
        raise BadValue("resource", resource, "use money or hours")
    if points < 2:
        raise BadValue("points", points, "give 2 or more budgets")
    free = allocate(_limited(problem, resource, None), seconds=seconds)
    budgets: list[float] = []
    plans: list[Plan] = []
    for budget in np.linspace(0.0, _spent(free, resource), points).tolist():
        plan = _within(_limited(problem, resource, budget), seconds)
        if plan is not None and (not plans or _better(plan, plans[-1])):
            budgets.append(budget)
            plans.append(plan)
    return Front(
        resource=resource,
        budgets=tuple(budgets),
        plans=tuple(plans),
        n=len(problem.operations),
        method=Sentence(
            "front",
            "The most harm prevented for each limit on %(resource)s (ε-constraint, one programme each).",
            {"resource": resource},
        ),
        cautions=free.cautions,
    )


def _limited(problem: Problem, resource: str, budget: float | None) -> Problem:
    return replace(problem, money=budget) if resource == "money" else replace(problem, hours=budget)


def _within(problem: Problem, seconds: float) -> Plan | None:
    try:
        return allocate(problem, seconds=seconds)
    except NoPlan:
        # Too little for the duties: the front begins at the first budget that meets them.
        return None


def _spent(plan: Plan, resource: str) -> float:
    return plan.money if resource == "money" else plan.hours


def _better(plan: Plan, before: Plan) -> bool:
    return plan.harm > before.harm + _SAME * plan.bound
