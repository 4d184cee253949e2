"""People: accounts and the actors that they become, matters and their members, tokens."""

from openilp.safeguards.people.accounts import (
    SECOND_PEOPLE,
    change_own_password,
    end_sessions,
    is_founding,
    is_ordinary,
    is_raise,
    join,
    joining,
    leave,
    make_account,
    move,
    moving,
    reset_password,
    resetting,
    starting_password,
    state_of,
)
from openilp.safeguards.people.actors import actor_for, colleagues, members_of, own_matters
from openilp.safeguards.people.matters import admit, dismiss, open_matter
from openilp.safeguards.people.tokens import Bearer, account_of_token, issue_token, token_digest

__all__ = [
    "SECOND_PEOPLE",
    "Bearer",
    "account_of_token",
    "actor_for",
    "admit",
    "change_own_password",
    "colleagues",
    "dismiss",
    "end_sessions",
    "is_founding",
    "is_ordinary",
    "is_raise",
    "issue_token",
    "join",
    "joining",
    "leave",
    "make_account",
    "members_of",
    "move",
    "moving",
    "open_matter",
    "own_matters",
    "reset_password",
    "resetting",
    "starting_password",
    "state_of",
    "token_digest",
]
