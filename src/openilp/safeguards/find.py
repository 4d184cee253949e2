"""From a reference to the row, for any kind of record."""

from functools import cache

from django.apps import apps

from openilp.safeguards import references
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordErased, RecordNotFound
from openilp.safeguards.records import Identified


@cache
def kinds() -> dict[str, type[Identified]]:
    """Return every gated model by its kind (`report`, `item`, …)."""
    return {str(m._meta.model_name): m for m in apps.get_models() if issubclass(m, Identified)}


@cache
def by_prefix() -> dict[str, type[Identified]]:
    """Return the models that carry references, by prefix.

    Raises:
        ValueError: If two models share a prefix.
    """
    found: dict[str, type[Identified]] = {}
    for model in kinds().values():
        if model.ref_prefix:
            if model.ref_prefix in found:
                raise ValueError(
                    f"Prefix '{model.ref_prefix}' is taken twice; choose another for {model.__name__}."
                )
            found[model.ref_prefix] = model
    return found


def by_reference(reference: str, *, actor: Actor) -> Identified:
    """Return the row with a reference.

    Raises:
        RecordErased: If it was erased, and the actor could have seen it.
        RecordNotFound: If there is none that the actor may see; hidden and absent read the same.
    """
    wanted = reference.strip().upper()
    model = by_prefix().get(references.prefix_of(wanted) or "")
    row = model.objects.seen_by(actor).filter(ref=wanted).first() if model else None
    if row is None:
        raise absence(wanted, actor=actor) if model else RecordNotFound(reference)
    found: Identified = row
    return found


def absence(reference: str, *, actor: Actor) -> RecordNotFound:
    """Return what to say of a reference that names no visible record: that it was erased, or nothing."""
    from openilp.safeguards.models import Tombstone

    stone = Tombstone.objects.seen_by(actor).filter(ref=reference).first()
    return RecordErased(reference, stone.rule, stone.erased_on) if stone else RecordNotFound(reference)
