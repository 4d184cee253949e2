"""Verbs of the source desk, one file a noun."""

from openilp.corridor.services.crossing import judge_draft, send_request, take_in, task_source
from openilp.corridor.services.sources import (
    assess_risk,
    draft_report,
    end_source,
    erase_source,
    hand_over,
    record_contact,
    register_source,
)
from openilp.corridor.services.unlocking import ask_unlock, open_window, read_identity

__all__ = [
    "ask_unlock",
    "assess_risk",
    "draft_report",
    "end_source",
    "erase_source",
    "hand_over",
    "judge_draft",
    "open_window",
    "read_identity",
    "record_contact",
    "register_source",
    "send_request",
    "take_in",
    "task_source",
]
