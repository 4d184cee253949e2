"""The query gate: a queryset that carries the actor, and is mute without one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from openilp.safeguards import acting, predicate, standing
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NoActor, NotAmendable, StaleRecord
from openilp.safeguards.labels import State

if TYPE_CHECKING:
    from openilp.safeguards.records import ProtectedRecord


class VisibleTo(Func):
    """The visibility rule for one actor, as a condition over a row's label columns."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, actor: Actor, states: Iterable[State], prefix: str = "") -> None:
        self.actor = actor
        self.states = tuple(sorted(states))
        super().__init__(*(F(f"{prefix}{column}") for column in predicate.LABEL_COLUMNS))

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **context: Any) -> tuple[str, Any]:
        """Return the rule with the actor's reach as parameters."""
        columns: dict[str, str] = {}
        for name, expression in zip(predicate.LABEL_COLUMNS, self.source_expressions, strict=True):
            columns[name], _ = compiler.compile(expression)
        return rule_over(columns, self.actor, self.states)


def rule_over(columns: Mapping[str, str], actor: Actor, states: Iterable[State]) -> tuple[str, list[Any]]:
    """Return the visibility rule over label columns as SQL, with the actor's reach as its parameters."""
    reach = {
        "my_level": "%s",
        "my_compartments": "%s::uuid[]",
        "my_states": "%s::text[]",
        "my_partner": "%s::text",
    }
    params = [actor.level, list(actor.compartments), list(states), actor.partner, actor.partner]
    return predicate.TEMPLATE.format(**columns, **reach), params


class GatedQuerySet(models.QuerySet[Any]):
    """Rows as one actor may see them; asked without an actor it raises."""

    _actor: Actor | None = None
    _ambient: bool = False
    _named: bool = False

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        """Return fewer rows; asked for by their reference, they are noted as opened, and sensitive ones ask why."""
        found = super().filter(*args, **kwargs)
        if "ref" in kwargs and self._actor is not None and hasattr(self.model, "sensitive_with"):
            found = _asking(found, self._actor)
        found._named = found._named or "ref" in kwargs
        return found

    def seen_by(self, actor: Actor, *, states: Iterable[State] = (State.NORMAL,)) -> Self:
        """Return the rows that the actor may see, by default those in normal state only."""
        wanted = frozenset(states) & actor.states
        found = self._chain()
        found._actor = actor
        if index := getattr(self.model, "search_vector", ""):
            # Only the search functions read the words of the index; loaded, they are longer than the row.
            found = found.defer(index)
        return found.filter(found._rule(actor, wanted))

    def _rule(self, actor: Actor, states: frozenset[State]) -> Any:
        model = self.model
        through = getattr(model, "visible_through", None)
        if through:
            child = model._meta.get_field(through).related_model
            name = model._meta.get_field(through).field.name
            return Exists(child.objects.seen_by(actor, states=states).filter(**{name: OuterRef("pk")}))
        if getattr(model, "beside", False):
            return _record_is_seen(actor, states)
        if getattr(model, "owned_by", None):
            return Q(**{model.owned_by: actor.user_id})
        if hasattr(model, "gate_rule"):
            return model.gate_rule(actor)
        only = getattr(model, "only_for", None)
        return Q(VisibleTo(actor, states)) & only(actor) if only else VisibleTo(actor, states)

    def _chain(self, **kwargs: Any) -> Self:
        found: Self = super()._chain(**kwargs)  # type: ignore[misc]
        found._actor, found._ambient, found._named = self._actor, self._ambient, self._named
        return found

    def _clone(self) -> Self:
        found: Self = super()._clone()  # type: ignore[misc]
        found._actor, found._ambient, found._named = self._actor, self._ambient, self._named
        return found

    def _need_actor(self) -> None:
        if self._actor is None and not (self._ambient and acting.current() is not None):
            raise NoActor(self.model._meta.object_name or "A record")

    def _kind(self) -> str:
        return str(self.model._meta.model_name)

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        if fresh:
            self._need_actor()
        super()._fetch_all()
        block = acting.current()
        if fresh and block is not None and self._result_cache:
            rows = self._result_cache
            if isinstance(rows[0], models.Model):
                block.deliver(self._kind(), [str(row.pk) for row in rows])
                self._deliver_joined(block, rows)
                if self._named:
                    _check(rows)
                    block.open(self._kind(), [str(row.pk) for row in rows])
            else:
                block.count(self._kind(), len(rows))

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        """Stream rows, logging each delivered id; it ends when the actor's reach is taken away meanwhile."""
        self._need_actor()
        block = acting.current()
        watch = standing.Watch(block.actor, standing.EVERY_S) if block else None
        for row in super().iterator(chunk_size=chunk_size or 2000):
            if watch is not None:
                watch.check()
            if block is not None and isinstance(row, models.Model):
                block.deliver(self._kind(), [str(row.pk)])
                self._deliver_joined(block, [row])
            yield row

    def _deliver_joined(self, block: acting.Acting, rows: Sequence[models.Model]) -> None:
        """Log the protected rows that `select_related` brought along; rows fetched by themselves log themselves."""
        if not self.query.select_related:
            return
        for row in rows:
            for joined in _joined(row):
                if isinstance(type(joined)._base_manager, AmbientGate):
                    block.deliver(str(joined._meta.model_name), [str(joined.pk)])

    def count(self) -> int:
        """Return how many of these rows the actor may see."""
        self._need_actor()
        found = super().count()
        block = acting.current()
        if block is not None:
            block.count(self._kind(), found)
        return found

    def count_up_to(self, most: int) -> int:
        """Return the number of rows, but never look further than `most` (show it as “1000+”)."""
        return self.order_by()[: most + 1].count()

    def exists(self) -> bool:
        """Tell whether the actor may see any of these rows."""
        self._need_actor()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return figures over the rows that the actor may see."""
        self._need_actor()
        return super().aggregate(*args, **kwargs)

    def amend(self, *, expect: int = 1, **values: Any) -> None:
        """Change the few columns that a model declares as `amendable`, on exactly the expected rows.

        Raises:
            NotAmendable: If a column is kept as recorded.
            StaleRecord: If another number of rows matched: somebody was faster.
        """
        self._need_actor()
        kept = set(values) - set(getattr(self.model, "amendable", ()))
        if kept:
            raise NotAmendable(str(self.model._meta.object_name), kept)
        if super().update(**values) != expect:
            raise StaleRecord(str(self.model._meta.verbose_name).capitalize())

    def update(self, **values: Any) -> int:
        """Refuse: see `amend`."""
        raise NotAmendable(str(self.model._meta.object_name), values)

    def delete(self) -> Any:
        """Refuse: rows leave by the erasure service only."""
        raise NotAmendable(str(self.model._meta.object_name), ())

    def create(self, **values: Any) -> Any:
        """Refuse: rows are made by `record`, with their label, purpose and thread."""
        raise NotAmendable(str(self.model._meta.object_name), values)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: see `record_many`."""
        raise NotAmendable(str(self.model._meta.object_name), ())


def _asking(rows: Any, actor: Actor) -> Any:
    from openilp.safeguards import sensitive

    return sensitive.asking(rows, actor)


def _check(rows: Sequence[models.Model]) -> None:
    from openilp.safeguards import sensitive

    sensitive.check(list(rows))


def _record_is_seen(actor: Actor, states: frozenset[State]) -> Any:
    """Return the condition that the record which a row names by kind and key is visible to an actor."""
    from openilp.safeguards.retention import handling

    found: Any = Q(pk__in=())
    for kind, each in handling.kept().items():
        model: Any = each.model
        found |= Q(kind=kind) & Exists(
            model.objects.seen_by(actor, states=states).filter(pk=OuterRef("record_id"))
        )
    return found


def _joined(row: models.Model) -> list[models.Model]:
    """Return the rows that hang on a row in memory; a one-to-one key leads back, so each is met once."""
    met: dict[int, models.Model] = {id(row): row}
    ahead = [row]
    while ahead:
        for found in ahead.pop()._state.fields_cache.values():
            if isinstance(found, models.Model) and id(found) not in met:
                met[id(found)] = found
                ahead.append(found)
    return list(met.values())[1:]


class Gate(models.Manager.from_queryset(GatedQuerySet)):  # type: ignore[misc]
    """The manager of every protected model: rows go in with `record` and come out with `seen_by`."""

    def record(self, *, actor: Actor, **values: Any) -> Any:
        """Insert one row with the actor as its author, and draw its golden thread."""
        return self.record_many(actor=actor, rows=[values])[0]

    def record_many(self, *, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Insert rows in one statement a thousand, and draw their golden thread."""
        from openilp.safeguards import recording

        return recording.insert(self.model, actor, rows)

    def record_missing(self, *, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Insert rows whose key is free; a taken one changes nothing and tells nothing, its row be hidden or not."""
        from openilp.safeguards import recording

        return recording.insert(self.model, actor, rows, leave_taken=True)


class AmbientGate(models.Manager.from_queryset(GatedQuerySet)):  # type: ignore[misc]
    """The manager behind foreign keys: it answers inside an `acting` block only; row security decides what."""

    def get_queryset(self) -> GatedQuerySet:
        """Return rows for the actor of the running block."""
        found: GatedQuerySet = super().get_queryset()
        found._ambient = True
        return found


def related(row: "ProtectedRecord", field: str) -> Any:
    """Return the row behind a foreign key, or nothing when the actor may not see it."""
    try:
        return getattr(row, field)
    except models.ObjectDoesNotExist:
        return None
