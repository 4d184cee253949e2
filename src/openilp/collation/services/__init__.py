"""Verbs of collation: record, link, categorise, judge, search again."""

from openilp.collation.services.deconfliction import deconflict
from openilp.collation.services.identity import judge_identity
from openilp.collation.services.links import NewLink, link_entities, supersede_link
from openilp.collation.services.people import end_involvement, involve_person, mark_entity
from openilp.collation.services.quarantine import categorise_entity
from openilp.collation.services.searches import alert_saved_searches, end_search, save_search
from openilp.collation.services.statements import (
    dismiss_mention,
    record_entity,
    record_statement,
    settle_mention,
    supersede_statement,
)

__all__ = [
    "NewLink",
    "alert_saved_searches",
    "categorise_entity",
    "deconflict",
    "dismiss_mention",
    "end_involvement",
    "end_search",
    "involve_person",
    "judge_identity",
    "link_entities",
    "mark_entity",
    "record_entity",
    "record_statement",
    "save_search",
    "settle_mention",
    "supersede_link",
    "supersede_statement",
]
