"""Pure decisions of collation: keys of values, names, candidates, categories, links."""

from openilp.collation.rules.identity import (
    DIFFERENT,
    PLACE,
    SAME,
    UNSURE,
    VERDICTS,
    Agreement,
    agreement,
    components,
)
from openilp.collation.rules.people import NewInvolvement, check_involvement, check_link
from openilp.collation.rules.values import (
    Named,
    NewStatement,
    bad_day,
    check_period,
    check_statement,
    label_of,
    require,
    search_keys,
    value_key,
)

__all__ = [
    "DIFFERENT",
    "PLACE",
    "SAME",
    "UNSURE",
    "VERDICTS",
    "Agreement",
    "Named",
    "NewInvolvement",
    "NewStatement",
    "agreement",
    "bad_day",
    "check_involvement",
    "check_link",
    "check_period",
    "check_statement",
    "components",
    "label_of",
    "require",
    "search_keys",
    "value_key",
]
