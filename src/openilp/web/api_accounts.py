"""Accounts, matters, own log-in and search over HTTP."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.collation.selectors import searching
from openilp.safeguards import notices, people
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import AccountError, RecordNotFound
from openilp.safeguards.models import ApiToken, Matter, Notice, Unit, User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, EVERYONE, MANAGERS, Role
from openilp.safeguards.schemas import Created, Rows, created
from openilp.web import selectors, services
from openilp.web.pages import own_matter
from openilp.web.selectors import AccountFilter

router = Router(tags=["accounts"])
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class UnitOut(Schema):
    """A unit."""

    id: UUID
    code: str
    name: str
    organisation_level: str
    parent: str = ""

    @staticmethod
    def resolve_parent(row: Unit) -> str:
        """Return the code of the unit above."""
        return row.parent.code if row.parent else ""


class AccountOut(Schema):
    """An account without its secrets."""

    id: UUID
    username: str
    full_name: str
    unit: str
    roles: list[str]
    clearance: int
    partner: str
    staff_number: str
    language: str
    is_active: bool
    must_change_password: bool
    joined_at: datetime
    left_at: datetime | None = None

    @staticmethod
    def resolve_unit(row: User) -> str:
        """Return the code of the unit."""
        return row.unit.code


class AccountRows(Schema):
    """Accounts in the order of their names; `next` is the name to go on behind."""

    rows: list[AccountOut]
    next: str


class Duties(Schema):
    """Unit, roles and clearance of an account."""

    unit: str
    roles: list[Role]
    clearance: int = Field(1, ge=0, le=3)


class Joiner(Duties):
    """A new account."""

    username: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)
    full_name: str = Field(min_length=1, max_length=120)
    language: str = "en"
    partner: str = ""
    staff_number: str = Field("", max_length=32)


class StartingPassword(Created):
    """A starting password: it is in this answer and nowhere else."""

    password: str = ""


class MatterIn(Schema):
    """A new matter."""

    title: str = Field(min_length=1, max_length=160)
    kind: str
    purpose_code: str
    legal_basis: str
    owner_unit: str = ""
    is_agency_wide: bool = False
    members: list[str] = []


class MatterOut(Schema):
    """A matter."""

    id: UUID
    ref: str
    title: str
    kind: str
    purpose_code: str
    legal_basis: str
    is_agency_wide: bool
    opened_on: date
    closed_on: date | None = None
    created_at: datetime


class Person(Schema):
    """A colleague: name and duties."""

    username: str
    full_name: str
    roles: list[str]


class MatterDetail(MatterOut):
    """A matter with its members, whom only members see."""

    members: list[Person] = []


class Member(Schema):
    """Somebody to admit or dismiss."""

    username: str


class Me(Schema):
    """Who acts, and what for."""

    username: str
    name: str
    roles: list[str]
    level: int
    purpose: UUID | None
    matters: list[MatterOut]


class Purpose(Schema):
    """The matter to act for."""

    matter: UUID


class Language(Schema):
    """The language of the pages."""

    language: str


class TokenIn(Schema):
    """A new token."""

    name: str = Field(min_length=1, max_length=80)
    days: int = Field(90, ge=1, le=365)


class TokenOut(Schema):
    """A token, without what it is."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime


class NewToken(Created):
    """A token: it is in this answer and nowhere else."""

    token: str = ""


class PasswordChange(Schema):
    """The present and a new password."""

    old: str
    new: str


class NoticeOut(Schema):
    """A notice: kind and reference, never content."""

    id: UUID
    kind: str
    ref: str
    url: str
    is_urgent: bool
    created_at: datetime
    read_at: datetime | None = None


class WebHitOut(Schema):
    """One thing that was found."""

    kind: str
    ref: str
    title: str
    detail: str
    url: str
    at: datetime


@router.get("/me", response=Me)
@opens("web.api_me", roles=EVERYONE)
def me(request: ActorRequest) -> Me:
    """Say who acts, and for which matters the account may act."""
    actor = request.actor
    own = Matter.objects.seen_by(actor).filter(pk__in=actor.compartments)
    return Me(
        username=User.objects.get(pk=actor.user_id).username,
        name=actor.name,
        roles=sorted(actor.roles),
        level=actor.level,
        purpose=actor.purpose,
        matters=[MatterOut.from_orm(row) for row in own],
    )


@router.post("/me/purpose", response=Me)
@opens("web.api_change_purpose", roles=EVERYONE, operation="session")
def change_purpose(request: ActorRequest, payload: Purpose) -> Me:
    """Act for another of one's own matters from the next request on; a token keeps its matter."""
    chosen = own_matter(request, str(payload.matter))
    request.session["purpose"] = str(chosen)
    request.acting.wrote("web.change_purpose", "session", {"matter": [str(chosen)]})
    return me(request)


@router.post("/me/language", response=Language)
@opens("web.api_set_language", roles=EVERYONE, operation="account")
def set_language(request: ActorRequest, payload: Language) -> Language:
    """Set the language of one's own pages."""
    user = services.set_language(actor=request.actor, language=payload.language)
    return Language(language=user.language)


@router.post("/me/password", response={204: None})
@opens("web.api_change_password", roles=EVERYONE, operation="account")
def change_password(request: ActorRequest, payload: PasswordChange) -> Status[None]:
    """Change one's own password; sessions end."""
    user = User.objects.get(pk=request.actor.user_id)
    people.change_own_password(actor=request.actor, user=user, old=payload.old, new=payload.new)
    return Status(204, None)


@router.get("/me/tokens", response=list[TokenOut])
@opens("web.api_tokens", roles=EVERYONE)
def tokens(request: ActorRequest) -> list[ApiToken]:
    """List one's own tokens, newest first."""
    return selectors.tokens(actor=request.actor)


@router.post("/me/tokens", response={201: NewToken})
@opens("web.api_issue_token", roles=EVERYONE, operation="account")
def issue_token(request: ActorRequest, payload: TokenIn) -> Status[NewToken]:
    """Issue a token for the present matter; it is shown in this answer only.

    A token issues no further ones: whoever took one would otherwise outlive its end.
    """
    if getattr(request, "openilp_token", None) is not None:
        raise AccountError("A token issues no further tokens; log in with a browser to issue one.")
    token = people.issue_token(actor=request.actor, name=payload.name, days=payload.days)
    row = ApiToken.objects.get(digest=people.token_digest(token))
    return Status(201, NewToken(id=row.pk, token=token))


@router.delete("/me/tokens/{token}", response={204: None})
@opens("web.api_revoke_token", roles=EVERYONE, operation="account")
def revoke_token(request: ActorRequest, token: UUID) -> Status[None]:
    """End one of one's own tokens."""
    services.revoke_token(actor=request.actor, token=token)
    return Status(204, None)


@router.get("/notices", response=Rows[NoticeOut])
@opens("web.api_notices", roles=EVERYONE)
def notice_list(request: ActorRequest, after: str = "", unread: bool = False) -> Rows[NoticeOut]:
    """List one's own notices, newest first."""
    mine = Notice.objects.seen_by(request.actor)
    return Rows[NoticeOut].of(page(mine.filter(read_at=None) if unread else mine, after=after))


@router.post("/notices/{key}/read", response={204: None})
@opens("web.api_read_notice", roles=EVERYONE)
def read_notice(request: ActorRequest, key: UUID) -> Status[None]:
    """Mark one of one's own notices as read."""
    found = Notice.objects.seen_by(request.actor).filter(pk=key).first()
    if found is None:
        raise RecordNotFound(str(key))
    if found.read_at is None:
        notices.mark_read(actor=request.actor, notice=found)
    return Status(204, None)


@router.get("/search", response=list[WebHitOut])
@opens("web.api_search", roles=CONTENT)
def search(request: ActorRequest, q: str, kind: str = "") -> list[searching.Hit]:
    """Search entities, reports and items for words, keys or a reference."""
    narrowed = searching.Filters.from_json({"kind": kind})
    groups = searching.search(q, actor=request.actor, filters=narrowed)
    return [hit for group in groups for hit in group.hits]


@router.get("/units", response=list[UnitOut])
@opens("web.api_units", roles=EVERYONE)
def units(request: ActorRequest) -> list[Unit]:
    """List the units, parents before their parts."""
    return selectors.units(actor=request.actor)


@router.get("/accounts", response=AccountRows)
@opens("web.api_accounts", roles=ADMINISTRATORS, operation="account")
def accounts(
    request: ActorRequest, q: str = "", role: str = "", unit: str = "", state: str = "", after: str = ""
) -> selectors.AccountPage:
    """List accounts in the order of their names."""
    narrowed = AccountFilter(text=q, role=role, unit=unit, state=state)
    return selectors.accounts(actor=request.actor, narrowed=narrowed, after=after)


@router.post("/accounts", response={201: StartingPassword})
@opens("web.api_join", roles=ADMINISTRATORS, operation="account")
def join(request: ActorRequest, payload: Joiner) -> Status[StartingPassword]:
    """Open an account for a joiner; the starting password is in this answer only.

    Whoever gets more than an ordinary reporting officer needs a second person: ask under `/approvals`.
    """
    password = people.starting_password()
    row = people.join(
        actor=request.actor,
        username=payload.username,
        full_name=payload.full_name,
        unit=selectors.unit(payload.unit, actor=request.actor),
        roles=payload.roles,
        clearance=payload.clearance,
        password=password,
        language=payload.language,
        partner=payload.partner,
        staff_number=payload.staff_number,
    )
    where = f"/settings/accounts/{row.username}"
    return Status(201, StartingPassword(id=row.pk, ref=row.username, url=where, password=password))


@router.get("/accounts/{username}", response=AccountOut)
@opens("web.api_account", roles=ADMINISTRATORS, operation="account")
def account(request: ActorRequest, username: str) -> User:
    """Show an account."""
    return selectors.account(username, actor=request.actor)


@router.post("/accounts/{username}/move", response=AccountOut)
@opens("web.api_move", roles=ADMINISTRATORS, operation="account")
def move(request: ActorRequest, username: str, payload: Duties) -> User:
    """Change unit, roles and clearance of a mover; where they grow, ask under `/approvals` instead."""
    return people.move(
        actor=request.actor,
        user=selectors.account(username, actor=request.actor),
        unit=selectors.unit(payload.unit, actor=request.actor),
        roles=payload.roles,
        clearance=payload.clearance,
    )


@router.post("/accounts/{username}/leave", response=AccountOut)
@opens("web.api_leave", roles=ADMINISTRATORS, operation="account")
def leave(request: ActorRequest, username: str) -> User:
    """Close the account of a leaver."""
    return people.leave(actor=request.actor, user=selectors.account(username, actor=request.actor))


@router.get("/matters", response=Rows[MatterOut])
@opens("web.api_matters", roles=CONTENT)
def matters(request: ActorRequest, after: str = "") -> Rows[MatterOut]:
    """List the open matters that the actor may know of, newest first."""
    return Rows[MatterOut].of(page(selectors.matters(actor=request.actor), after=after))


@router.post("/matters", response={201: Created})
@opens("web.api_open_matter", roles=MANAGERS)
def open_matter(request: ActorRequest, payload: MatterIn) -> Status[Created]:
    """Open a matter; whoever opens it is its first member."""
    actor = request.actor
    values = payload.dict(exclude={"owner_unit", "members"})
    row = people.open_matter(
        actor=actor,
        owner_unit=selectors.unit(payload.owner_unit, actor=actor) if payload.owner_unit else None,
        members=[selectors.account(name, actor=actor) for name in payload.members],
        **values,
    )
    return Status(201, created(row, f"/matters/{row.ref}"))


@router.get("/matters/{ref}", response=MatterDetail)
@opens("web.api_matter", roles=CONTENT)
def matter(request: ActorRequest, ref: str) -> MatterDetail:
    """Show a matter; its members are named to its members only."""
    return _detail(request, selectors.matter(ref, actor=request.actor))


@router.post("/matters/{ref}/admit", response=MatterDetail)
@opens("web.api_admit", roles=MANAGERS)
def admit(request: ActorRequest, ref: str, payload: Member) -> MatterDetail:
    """Make an account a member of a matter."""
    row = selectors.matter(ref, actor=request.actor)
    user = selectors.account(payload.username, actor=request.actor)
    people.admit(actor=request.actor, matter=row, user=user)
    return _detail(request, row)


@router.post("/matters/{ref}/dismiss", response=MatterDetail)
@opens("web.api_dismiss", roles=MANAGERS)
def dismiss(request: ActorRequest, ref: str, payload: Member) -> MatterDetail:
    """End a membership; it counts from the next request on."""
    row = selectors.matter(ref, actor=request.actor)
    user = selectors.account(payload.username, actor=request.actor)
    people.dismiss(actor=request.actor, matter=row, user=user)
    return _detail(request, row)


def _detail(request: ActorRequest, row: Matter) -> MatterDetail:
    members = selectors.members(row, actor=request.actor)
    shown = MatterOut.from_orm(row).dict()
    return MatterDetail(**shown, members=[Person.from_orm(user) for user in members])
