"""Each wall holds alone, and each part of each wall is needed: taken out, one of these comparisons turns red."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Q

from openilp.safeguards import predicate
from openilp.safeguards.gate import GatedQuerySet
from openilp.safeguards.postgres.bootstrap import APP
from openilp.safeguards.postgres.policies import search_functions as search_statements
from openilp.safeguards.roles import CONTENT, Role
from tests.worlds.agency import Agency
from tests.worlds.hiding import hide
from tests.worlds.keeping import build, kept
from tests.worlds.walls import (
    Found,
    altered,
    by_gate,
    by_policies,
    by_search,
    kept_to_a_duty,
    put_on_role,
    search_functions,
    superuser,
    walled,
)

#: An account that works with content and has no desk where quarantined rows are in reach.
PLAIN = Role.OPERATIONAL_ANALYST
#: The parts of the one rule that this agency's rows can tell apart, as they stand in the template.
PARTS = {
    "level": "{level} <= {my_level}",
    "compartments": "{compartments} <@ {my_compartments}",
    "state": "{state} = ANY({my_states})",
}


@dataclass
class Walls:
    """What each wall let through before anything was hidden, and the agency as it is after."""

    agency: Agency
    policies: dict[Role, Found]
    gate: dict[Role, Found]
    search: dict[Role, Found]


@pytest.fixture(scope="module")
def walls(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walls]:
    """Both worlds under a superuser who wears the application's role, so that rules can be taken out and put back."""
    with django_db_blocker.unblock(), superuser(), kept():
        put_on_role()
        agency, _ = build()
        models = walled()
        roles = [role for role in Role if role in CONTENT and not _reaches_quarantine(agency, role)]
        made = Walls(
            agency,
            {role: by_policies(agency, role, models) for role in roles},
            {role: by_gate(agency, role, models) for role in roles},
            {role: by_search(agency, role) for role in roles},
        )
        hide(agency, ("confidential", "compartment", "quarantined", "restricted"))
        yield made


def _reaches_quarantine(agency: Agency, role: Role) -> bool:
    from openilp.safeguards.labels import State
    from openilp.safeguards.people import actor_for

    return State.QUARANTINED in actor_for(agency.plain[role]).states


def _changed(before: Found, after: Found) -> dict[str, str]:
    return {name: f"{before[name]} -> {found}" for name, found in after.items() if found != before[name]}


def test_row_security_alone_hides_them(walls: Walls) -> None:
    """Any SQL on the connection of an account finds what the account may see, and no more."""
    models = walled()
    leaks = {
        role: _changed(before, by_policies(walls.agency, role, models))
        for role, before in walls.policies.items()
    }

    assert {role: changed for role, changed in leaks.items() if changed} == {}


def test_the_gate_alone_hides_them(walls: Walls) -> None:
    """Under claims that open everything the gate still lets an account see its own."""
    models = walled()
    leaks = {
        role: _changed(before, by_gate(walls.agency, role, models)) for role, before in walls.gate.items()
    }

    assert {role: changed for role, changed in leaks.items() if changed} == {}


def test_the_search_functions_hide_them(walls: Walls) -> None:
    """They run as a role that sees all rows, and repeat the rule."""
    leaks = {role: _changed(before, by_search(walls.agency, role)) for role, before in walls.search.items()}

    assert {role: changed for role, changed in leaks.items() if changed} == {}


def test_without_its_policy_each_table_leaks(walls: Walls) -> None:
    """Every policy for reading is needed: replaced by one that lets all through, the comparison of its table is red."""
    unneeded = []
    for model in walled():
        table = model._meta.db_table
        gone = (
            f'DROP POLICY see ON "{table}"',
            f'CREATE POLICY see ON "{table}" FOR SELECT TO {APP} USING (true)',
        )
        with altered(*gone):
            if not _changed(walls.policies[PLAIN], by_policies(walls.agency, PLAIN, [model])):
                unneeded.append(table)

    assert unneeded == []


@pytest.mark.parametrize("part", PARTS)
def test_without_one_part_of_the_rule_the_policies_leak(walls: Walls, part: str) -> None:
    """Level, compartments and state are each held by each table's policy."""
    weaker = predicate.sql().replace(PARTS[part].format(**_columns(), **predicate._CLAIMS), "true")
    assert weaker != predicate.sql()
    unneeded = []
    for model in (m for m in walled() if not getattr(m, "visible_through", None)):
        table = model._meta.db_table
        with altered(f'ALTER POLICY see ON "{table}" USING ({predicate.sql()})'):
            whole = by_policies(walls.agency, PLAIN, [model])
        with altered(f'ALTER POLICY see ON "{table}" USING ({weaker})'):
            if not _changed(whole, by_policies(walls.agency, PLAIN, [model])):
                unneeded.append(table)

    assert unneeded == []


@pytest.mark.parametrize("part", PARTS)
def test_without_one_part_of_the_rule_the_gate_leaks(
    walls: Walls, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for the gate; state is held by the parameter, so the rule without it lets the other states through."""
    for model in kept_to_a_duty():
        monkeypatch.setattr(model, "only_for", _for_everybody)
    whole = by_gate(walls.agency, PLAIN, walled())
    monkeypatch.setattr(predicate, "TEMPLATE", _without(part))
    leaks = _changed(whole, by_gate(walls.agency, PLAIN, walled()))

    assert sorted({str(m._meta.label) for m in walled()} - set(leaks)) == []


def test_what_is_kept_to_a_duty_leaks_without_that_condition(
    walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The condition beside the label is needed in policies and gate, for each kind that has one."""
    unneeded = []
    for model in kept_to_a_duty():
        table = model._meta.db_table
        with altered(f'ALTER POLICY see ON "{table}" USING ({predicate.sql()})'):
            if not _changed(walls.policies[PLAIN], by_policies(walls.agency, PLAIN, [model])):
                unneeded.append(table)
        monkeypatch.setattr(model, "only_for", _for_everybody)
    leaks = _changed(walls.gate[PLAIN], by_gate(walls.agency, PLAIN, kept_to_a_duty()))

    assert unneeded == []
    assert sorted({str(m._meta.label) for m in kept_to_a_duty()} - set(leaks)) == []


def test_without_the_gate_each_kind_leaks(walls: Walls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind whose rule says nothing is red, one kind at a time."""
    rule = GatedQuerySet._rule
    unneeded = []
    for model in walled():

        def silent(rows: Any, actor: Any, states: Any, only: Any = model) -> Any:
            return Q() if rows.model is only else rule(rows, actor, states)

        monkeypatch.setattr(GatedQuerySet, "_rule", silent)
        if not _changed(walls.gate[PLAIN], by_gate(walls.agency, PLAIN, [model])):
            unneeded.append(model._meta.label)

    assert unneeded == []


@pytest.mark.parametrize("part", PARTS)
def test_without_one_part_of_the_rule_the_search_leaks(
    walls: Walls, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each search function holds each part."""
    monkeypatch.setattr(predicate, "TEMPLATE", _without(part))
    weaker = [statement for model in walled() for statement in search_statements(model)]
    monkeypatch.undo()
    with altered(*weaker):
        leaks = {name.split()[0] for name in _changed(walls.search[PLAIN], by_search(walls.agency, PLAIN))}

    assert sorted(set(search_functions()) - leaks) == []


@staticmethod
def _for_everybody(actor: Any) -> Q:
    return Q()


def _without(part: str) -> str:
    """Return the rule without a part; the placeholders stay, so that its parameters still fit."""
    assert PARTS[part] in predicate.TEMPLATE
    return predicate.TEMPLATE.replace(PARTS[part], f"(({PARTS[part]}) OR true)")


def _columns() -> dict[str, str]:
    return {column: column for column in predicate.LABEL_COLUMNS}
