"""Allocation of operations, units and patrols, from a terminal."""

from dataclasses import replace
from pathlib import Path

import click

from openilp.cli.methods.documents import number, part, rows_of
from openilp.cli.methods.planning import read_problem
from openilp.cli.methods.shared import method
from openilp.methods.allocation import (
    HotSpot,
    Problem,
    allocate,
    cost_harm_front,
    patrol,
    protection,
    what_if,
)
from openilp.methods.errors import BadValue
from openilp.methods.persons import refuse_persons
from openilp.methods.result import Result

_PATH = click.Path(path_type=Path)


@method("allocate")
@click.argument("file", type=_PATH)
@click.option("--units", type=_PATH, help="table of units, when FILE is a table of operations")
@click.option(
    "--hours", type=float, help="hours in all (default: what the file says, or all that units have)"
)
@click.option("--money", type=float, help="money in all (default: what the file says, or no limit)")
@click.option("--fragile", default=0, show_default=True, help="operations that may fall to their low effect")
@click.option("--least-shift", type=float, help="fewest hours that a unit gives to an operation")
@click.option("--seconds", default=30.0, show_default=True, help="time limit of each search")
@click.option("--what-if", "scenarios", multiple=True, metavar="LIMIT=VALUE",
              help="compare with another limit, such as hours=440 or money=+10%; may be repeated")  # fmt: skip
@click.option("--front", type=click.Choice(["money", "hours"]), help="plan for every budget of this instead")
@click.option("--points", default=12, show_default=True, help="budgets on the front")
@click.option("--protection", "most", type=int, help="plans protected against 0 to this many disappointments")
def allocate_command(
    file: Path,
    units: Path | None,
    hours: float | None,
    money: float | None,
    fragile: int,
    least_shift: float | None,
    seconds: float,
    scenarios: tuple[str, ...],
    front: str | None,
    points: int,
    most: int | None,
) -> Result:
    """Which operations should run, with which units, to prevent the most harm within the limits?

    FILE is JSON with `operations`, `units`, `hours`, `money`, `coverages` (name, operations, least_hours), `shared`
    (name, operations, harm) and `least_shift`; or a table of operations beside --units. An operation has name, harm
    and half_hours (or steps 10:50;30:70), most_hours, basis, and if wanted least_hours, money, skills
    (surveillance:30), powers, area, first, last, must, excludes, requires, low, high. A unit has name, hours, and if
    wanted first, last, skills, powers, areas, cost_per_hour, most_hours; several rows are several blocks.
    """
    problem = read_problem(file, units)
    problem = replace(
        problem,
        hours=problem.hours if hours is None else hours,
        money=problem.money if money is None else money,
        least_shift=problem.least_shift if least_shift is None else least_shift,
    )
    if front is not None:
        return cost_harm_front(problem, resource=front, points=points, seconds=seconds)
    if most is not None:
        return protection(problem, most=most, seconds=seconds)
    if scenarios:
        return what_if(problem, {text: _changed(problem, text) for text in scenarios}, seconds=seconds)
    return allocate(problem, fragile=fragile, seconds=seconds)


def _changed(problem: Problem, text: str) -> Problem:
    """Return a problem with a limit set, or raised or lowered by a share."""
    name, _, value = text.partition("=")
    if name not in ("hours", "money"):
        raise BadValue("what-if", repr(text), "give hours=… or money=…")
    limit = problem.hours if name == "hours" else problem.money
    if value.endswith("%"):
        if limit is None:
            raise BadValue("what-if", repr(text), f"there is no limit on {name} to change; give one")
        limit *= 1 + number(value[:-1], f"what-if {name}") / 100
    else:
        limit = number(value, f"what-if {name}")
    return replace(problem, hours=limit) if name == "hours" else replace(problem, money=limit)


@method("patrol")
@click.argument("file", type=_PATH)
@click.option("--hours", type=float, required=True, help="patrol hours in the period")
@click.option("--visit", default=15.0, show_default=True, help="minutes of a visit")
@click.option(
    "--district", "districts", multiple=True, metavar="NAME=VISITS", help="fewest visits to a district"
)
def patrol_command(file: Path, hours: float, visit: float, districts: tuple[str, ...]) -> Result:
    """How many visits should each hot spot get from the patrol hours there are?

    FILE is a table with name, harm, half_visits, and if wanted preventable, district, travel_minutes, least, most.
    """
    table, rows = rows_of(file)
    refuse_persons(table.columns, "patrols go to places")
    spots = tuple(_spot(f"{table.row(at)} of {file.name}", row) for at, row in enumerate(rows))
    demanded = {}
    for text in districts:
        name, _, visits = text.partition("=")
        demanded[name] = int(number(visits, f"district {name!r}"))
    return patrol(spots, hours=hours, visit_minutes=visit, district_visits=demanded)


def _spot(at: str, row: dict[str, str]) -> HotSpot:
    return HotSpot(
        name=str(part(row, "name", at)),
        harm=number(part(row, "harm", at), f"harm of {at}"),
        half_visits=number(part(row, "half_visits", at), f"half_visits of {at}"),
        preventable=number(row.get("preventable"), f"preventable of {at}", 1.0),
        district=row.get("district", ""),
        travel_minutes=number(row.get("travel_minutes"), f"travel_minutes of {at}", 0.0),
        least=int(number(row.get("least"), f"least of {at}", 0.0)),
        most=int(number(row.get("most"), f"most of {at}", 1000.0)),
    )


COMMANDS: tuple[click.Command, ...] = (allocate_command, patrol_command)
