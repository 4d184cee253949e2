"""People: accounts and the actors that they become, matters and their members, tokens."""

from openilp.safeguards.people.accounts import (
    change_own_password,
    join,
    leave,
    make_account,
    move,
    reset_password,
    starting_password,
)
from openilp.safeguards.people.actors import actor_for, colleagues, members_of, own_matters
from openilp.safeguards.people.matters import admit, dismiss, open_matter
from openilp.safeguards.people.tokens import account_of_token, issue_token, token_digest

__all__ = [
    "account_of_token",
    "actor_for",
    "admit",
    "change_own_password",
    "colleagues",
    "dismiss",
    "issue_token",
    "join",
    "leave",
    "make_account",
    "members_of",
    "move",
    "open_matter",
    "own_matters",
    "reset_password",
    "starting_password",
    "token_digest",
]
