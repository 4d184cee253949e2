"""Questions about accounts, matters and units for the pages of the frame."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import ApiToken, Matter, Membership, Unit, User
from openilp.safeguards.people import members_of, units_known_to

PAGE = 100


@dataclass(frozen=True)
class AccountFilter:
    """What a list of accounts is narrowed to; `state` is `open`, `closed` or empty."""

    text: str = ""
    role: str = ""
    unit: str = ""
    state: str = "open"


@dataclass(frozen=True)
class AccountPage:
    """Accounts in alphabetical order of their names, and the name behind which the next page begins."""

    rows: list[User]
    next: str


def accounts(*, actor: Actor, narrowed: AccountFilter, after: str = "", size: int = PAGE) -> AccountPage:
    """Return accounts in the order of their names."""
    acting.require("User")
    found = User.objects.select_related("unit").order_by("username")
    if narrowed.text:
        found = found.filter(Q(username__icontains=narrowed.text) | Q(full_name__icontains=narrowed.text))
    if narrowed.role:
        found = found.filter(roles__contains=[narrowed.role])
    if narrowed.unit:
        found = found.filter(unit__code=narrowed.unit)
    if narrowed.state:
        found = found.filter(is_active=narrowed.state == "open")
    if after:
        found = found.filter(username__gt=after)
    rows = list(found[: size + 1])
    return AccountPage(rows[:size], rows[size - 1].username if len(rows) > size else "")


def account(username: str, *, actor: Actor) -> User:
    """Return an account by its name.

    Raises:
        RecordNotFound: If there is none.
    """
    acting.require("User")
    found = User.objects.select_related("unit").filter(username=username.lower()).first()
    if found is None:
        raise RecordNotFound(username)
    return found


def units(*, actor: Actor) -> list[Unit]:
    """Return the units that the actor may know of, with the open accounts in each, parents before their parts."""
    acting.require("Unit")
    staff = Count("staff", filter=Q(staff__is_active=True))
    rows = list(units_known_to(actor).select_related("parent").annotate(accounts=staff).order_by("code"))
    return _in_tree_order(rows)


def _in_tree_order(rows: list[Any]) -> list[Any]:
    below: dict[Any, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    ordered: list[Any] = []

    def walk(parent: Any, depth: int) -> None:
        for row in below.get(parent, []):
            row.depth = depth
            ordered.append(row)
            walk(row.pk, depth + 1)

    walk(None, 0)
    return ordered


def unit(code: str, *, actor: Actor) -> Unit:
    """Return a unit by its code.

    Raises:
        RecordNotFound: If there is none.
    """
    acting.require("Unit")
    found = units_known_to(actor).filter(code=code).first()
    if found is None:
        raise RecordNotFound(code)
    return found


def matters(*, actor: Actor) -> Any:
    """Return the matters that the actor may know of, open ones."""
    return Matter.objects.seen_by(actor).filter(closed_on=None)


def matter(ref: str, *, actor: Actor) -> Matter:
    """Return a matter by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may know of.
    """
    found: Matter | None = Matter.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def members(row: Matter, *, actor: Actor) -> list[User]:
    """Return the members of one of the actor's own matters in alphabetical order; of other matters nobody."""
    return members_of(row.pk) if row.pk in actor.compartments else []


def matters_of(user: User, *, actor: Actor) -> list[Matter]:
    """Return an account's present matters, as far as the actor may know of them."""
    now = timezone.now()
    current = Membership.objects.filter(user=user, since__lte=now).filter(Q(until=None) | Q(until__gt=now))
    return list(Matter.objects.seen_by(actor).filter(pk__in=current.values("matter_id")))


def tokens(*, actor: Actor) -> list[ApiToken]:
    """Return the actor's own API tokens, newest first, without what they are."""
    acting.require("ApiToken")
    return list(ApiToken.objects.filter(user_id=actor.user_id).order_by("-created_at"))
