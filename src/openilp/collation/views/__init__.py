"""Pages of collation."""

from openilp.collation.views.desk import categorise, dismiss, home, quarantine, report, settle
from openilp.collation.views.entity import entities, entity
from openilp.collation.views.graph import matter_network, network
from openilp.collation.views.identity import candidates, compare, duplicates
from openilp.collation.views.record import (
    end_involvement,
    new_category,
    new_entity,
    new_link,
    new_marking,
    new_statement,
    supersede_link,
    supersede_statement,
)
from openilp.collation.views.searches import end_search, new_search, search, searches

__all__ = [
    "candidates",
    "categorise",
    "compare",
    "dismiss",
    "duplicates",
    "end_involvement",
    "end_search",
    "entities",
    "entity",
    "home",
    "matter_network",
    "network",
    "new_category",
    "new_entity",
    "new_link",
    "new_marking",
    "new_search",
    "new_statement",
    "quarantine",
    "report",
    "search",
    "searches",
    "settle",
    "supersede_link",
    "supersede_statement",
]
