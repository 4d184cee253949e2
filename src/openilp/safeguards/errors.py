"""What can go wrong at the floor."""

from collections.abc import Iterable
from datetime import date


class SafeguardError(Exception):
    """Say that a safeguard refused."""


class InvalidInput(SafeguardError):
    """Say which field cannot be taken as given; the base of every room's errors about input."""

    field: str = ""


class Conflict(SafeguardError):
    """Say that the state of things forbids it now; the base of every room's errors about order and state."""


class NoActor(SafeguardError):
    """Say that protected rows were touched without an actor."""

    def __init__(self, model: str) -> None:
        self.model = model
        super().__init__(
            f"{model} was asked without an actor; start the query with `.seen_by(actor)` inside `acting(...)`."
        )


class OutsideActing(SafeguardError):
    """Say that an action ran outside an `acting` block."""

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(
            f"'{action}' ran outside an `acting` block, so it could not be logged; open one first."
        )


class NotPermitted(SafeguardError):
    """Say that none of the actor's roles permits an action."""

    def __init__(self, action: str, roles: Iterable[str] = ()) -> None:
        self.action = action
        self.roles = tuple(sorted(roles))
        need = ", ".join(self.roles) or "no role"
        super().__init__(f"'{action}' is open to {need}; ask your administrator if your duties need it.")


class MustSayWhy(SafeguardError):
    """Say that a record is sensitive, so that a reason comes before it opens."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(
            f"{reference} is marked as sensitive: say why you open it first; whoever marked it reads the reason."
        )


class PurposeNeeded(InvalidInput):
    """Say that a row cannot be recorded without a matter as purpose."""

    def __init__(self) -> None:
        super().__init__("Choose the task or operation that you act for first: each record needs a purpose.")


class NotAMember(SafeguardError):
    """Say that an account may not act for a matter."""

    def __init__(self, matter: str) -> None:
        self.matter = matter
        super().__init__(f"This account is no member of a matter '{matter}'; choose one of its own matters.")


class RecordNotFound(SafeguardError):
    """Say that nothing visible has this reference: hidden and absent read the same."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"Nothing was found under '{reference}'.")


class RecordErased(RecordNotFound):
    """Say that a record was erased, to those who could have seen it: rule and day, no content."""

    def __init__(self, reference: str, rule: str, erased_on: date) -> None:
        super().__init__(reference)
        self.rule, self.erased_on = rule, erased_on
        self.args = (f"{reference} was erased on {erased_on} under rule {rule}; nothing of it is kept.",)


class StaleRecord(Conflict):
    """Say that somebody else changed the row in between."""

    def __init__(self, what: str, yours: str = "", theirs: str = "") -> None:
        self.what, self.yours, self.theirs = what, yours, theirs
        super().__init__(
            f"{what} was changed by somebody else meanwhile; compare both versions and save again."
        )


class NotAmendable(Conflict):
    """Say that a used row is not edited but superseded."""

    def __init__(self, model: str, fields: Iterable[str]) -> None:
        self.model, self.fields = model, tuple(sorted(fields))
        super().__init__(
            f"{model} keeps {', '.join(self.fields) or 'its rows'} as recorded; record a superseding row instead."
        )


class MissingLawfulness(InvalidInput):
    """Say that a record lacks purpose, legal basis or review date."""

    def __init__(self, field: str, value: object, remedy: str) -> None:
        self.field, self.value, self.remedy = field, value, remedy
        super().__init__(f"{field} is '{value}'; {remedy}")


class UnsafeDatabaseRole(SafeguardError):
    """Say that the database role could get past row-level security."""

    def __init__(self, role: str, why: str) -> None:
        self.role, self.why = role, why
        super().__init__(
            f"Database role '{role}' {why}, so row-level security would not bind OpenILP; "
            "connect as 'openilp_app' (see `openilp doctor`)."
        )


class AccountError(InvalidInput):
    """Say that an account cannot be changed as asked."""


class WrongPassword(AccountError):
    """Say that the present password is another one."""

    field = "old"

    def __init__(self) -> None:
        super().__init__("The present password is not right; type it again.")


class TooManyTries(SafeguardError):
    """Say that there were too many failed tries, and how long to wait."""

    def __init__(self, what: str, wait_s: int) -> None:
        self.what, self.wait_s = what, wait_s
        super().__init__(f"Too many failed tries; wait {wait_s} seconds, then try again.")


class TooManyRequests(SafeguardError):
    """Say that an account asks more of the API than it may within a minute, and how long to wait."""

    def __init__(self, most: int, wait_s: int) -> None:
        self.most, self.wait_s = most, wait_s
        super().__init__(
            f"An account may send {most} requests a minute to the API; wait {wait_s} seconds, then go on."
        )


class WrongApprover(Conflict):
    """Say that a second person is needed and this is not one."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} needs a second person; whoever made it cannot also approve it.")
