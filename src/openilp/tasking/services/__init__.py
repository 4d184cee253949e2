"""Verbs of tasking."""

from openilp.tasking.services.comparisons import COMPARERS, NewComparison, compare_problems
from openilp.tasking.services.decisions import (
    NewDecision,
    NewResponse,
    adopt_priority,
    answer_recommendation,
    commission_product,
    commission_requirement,
    decide,
    decide_emergency,
    ratify_decision,
)
from openilp.tasking.services.exhibits import freeze_exhibits
from openilp.tasking.services.meetings import (
    add_agenda_item,
    call_meeting,
    close_meeting,
    fill_agenda,
    mark_presence,
    note_agenda_item,
    open_meeting,
)
from openilp.tasking.services.operations import (
    NewTask,
    change_task,
    commit_resource,
    end_operation,
    finish_task,
    give_task,
    open_operation,
    record_effort,
)

__all__ = [
    "COMPARERS",
    "NewComparison",
    "NewDecision",
    "NewResponse",
    "NewTask",
    "add_agenda_item",
    "adopt_priority",
    "answer_recommendation",
    "call_meeting",
    "change_task",
    "close_meeting",
    "commission_product",
    "commission_requirement",
    "commit_resource",
    "compare_problems",
    "decide",
    "decide_emergency",
    "end_operation",
    "fill_agenda",
    "finish_task",
    "freeze_exhibits",
    "give_task",
    "mark_presence",
    "note_agenda_item",
    "open_meeting",
    "open_operation",
    "ratify_decision",
    "record_effort",
]
