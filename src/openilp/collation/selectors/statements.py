"""What is said of an entity, grouped by property, with independent sources counted and conflicts shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from openilp import reference
from openilp.collation.models import Statement
from openilp.collation.selectors.naming import standing_statements
from openilp.collation.selectors.sources import Sources, grade_order, sources_of
from openilp.collection.models import Item, Report
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor


@dataclass(frozen=True)
class StatementLine:
    """One statement with where it comes from; `copy_of` names the report that it repeats."""

    row: Statement
    item: Item | None
    report: Report | None
    evaluation: Evaluation | None
    quote: str
    is_independent: bool
    copy_of: str
    dispute: str


@dataclass(frozen=True)
class ValueGroup:
    """One value of a property, with every statement that gives it."""

    value: str
    key: str
    variants: tuple[str, ...]
    lines: tuple[StatementLine, ...]
    n_independent: int
    best: Evaluation | None

    @property
    def n_statements(self) -> int:
        """Return how many statements say so."""
        return len(self.lines)

    @property
    def newest(self) -> StatementLine:
        """Return the statement that was recorded last."""
        return max(self.lines, key=lambda line: line.row.created_at)

    @property
    def valid_from(self) -> date | None:
        """Return the earliest day on which it held, where one is stated."""
        return min((x.row.valid_from for x in self.lines if x.row.valid_from), default=None)

    @property
    def valid_until(self) -> date | None:
        """Return the last day on which it held, where every statement states one."""
        ends = [x.row.valid_until for x in self.lines]
        known = [end for end in ends if end]
        return max(known) if known and len(known) == len(ends) else None


@dataclass(frozen=True)
class PropertyGroup:
    """Everything stated of one property; a conflict where it can have one value only."""

    property: str
    values: tuple[ValueGroup, ...]
    is_conflict: bool


def statements_of(ids: Iterable[UUID], *, actor: Actor) -> list[Statement]:
    """Return the standing statements about entities, oldest first."""
    rows = standing_statements(actor=actor).filter(entity__in=list(ids))
    return list(rows.order_by("created_at", "pk"))


def every_statement_of(ids: Iterable[UUID], *, actor: Actor) -> list[Statement]:
    """Return all statements about entities, replaced ones too, newest first."""
    rows = Statement.objects.seen_by(actor).filter(entity__in=list(ids))
    return list(rows.select_related("created_by").order_by("-created_at", "-pk"))


def grouped(
    rows: list[Statement], *, kind: str, actor: Actor, sources: Sources | None = None
) -> list[PropertyGroup]:
    """Return statements by property, in the order of the entity's type."""
    behind = sources or sources_of(rows, actor=actor)
    order = {code: place for place, code in enumerate(reference.entity_type(kind).properties)}
    by_property: dict[str, list[Statement]] = {}
    for row in rows:
        by_property.setdefault(row.property, []).append(row)
    return [
        _property_group(about, by_property[about], behind)
        for about in sorted(by_property, key=lambda p: (order.get(p, len(order)), p))
    ]


def _property_group(about: str, rows: list[Statement], behind: Sources) -> PropertyGroup:
    by_key: dict[str, list[Statement]] = {}
    for row in rows:
        by_key.setdefault(row.value_key, []).append(row)
    values = [_value_group(key, group, behind) for key, group in by_key.items()]
    values.sort(key=lambda v: (-v.n_independent, v.lines[0].row.created_at))
    alive = [v for v in values if any(line.dispute != "false" for line in v.lines)]
    return PropertyGroup(about, tuple(values), _contradict(about, alive))


def _contradict(about: str, values: list[ValueGroup]) -> bool:
    if reference.entity_property(about).many or len(values) < 2:
        return False
    if reference.entity_property(about).datatype is reference.Datatype.DATE:
        keys = sorted((v.key for v in values), key=len)
        return any(not keys[-1].startswith(key) for key in keys)
    return True


def _value_group(key: str, rows: list[Statement], behind: Sources) -> ValueGroup:
    first: dict[Any, StatementLine] = {}
    lines: list[StatementLine] = []
    for row in rows:
        root = behind.root_of(row)
        line = _line(row, behind, earlier=first.get(root))
        first.setdefault(root, line)
        lines.append(line)
    grades = [line.evaluation for line in lines if line.evaluation is not None]
    values = tuple(dict.fromkeys(row.value for row in rows))
    return ValueGroup(
        value=values[0],
        key=key,
        variants=values[1:],
        lines=tuple(lines),
        n_independent=sum(line.is_independent for line in lines),
        best=min(grades, key=grade_order, default=None),
    )


def _line(row: Statement, behind: Sources, *, earlier: StatementLine | None) -> StatementLine:
    item = behind.items.get(row.item_id) if row.item_id else None
    report = behind.report_of(row.item_id)
    is_false = behind.is_false(row)
    is_disputed = report is not None and report.pk in behind.disputed
    return StatementLine(
        row=row,
        item=item,
        report=report,
        evaluation=behind.evaluations.get(row.item_id) if row.item_id else None,
        quote=_quote(row, item),
        is_independent=earlier is None and not is_false,
        copy_of=_repeated(report, earlier, behind),
        dispute="false" if is_false else "disputed" if is_disputed else "",
    )


def _repeated(report: Report | None, earlier: StatementLine | None, behind: Sources) -> str:
    if report is None:
        return ""
    original = behind.reports.get(behind.originals.get(report.pk, report.pk))
    if original is not None and original.pk != report.pk:
        return original.ref
    return earlier.report.ref if earlier is not None and earlier.report is not None else ""


def _quote(row: Statement, item: Item | None) -> str:
    if item is None:
        return ""
    if row.sentence_start is None or row.sentence_end is None:
        return item.text
    return item.text[row.sentence_start : row.sentence_end]
