"""Tables of the room, one file a noun."""

from openilp.oversight.models.misuse import LogExamination, LogFigure, MisuseSign, SignAnswer, StaffPattern
from openilp.oversight.models.registers import (
    AssessmentAnswer,
    AuthorityAnswer,
    AuthorityRequest,
    Breach,
    BreachScope,
    BreachStep,
    ImpactAssessment,
    ProcessingEntry,
    StatisticIssue,
)
from openilp.oversight.models.reviews import LifeEvent, RecordReview
from openilp.oversight.models.samples import LookUpSample, SampleReason, SampleReview

__all__ = [
    "AssessmentAnswer",
    "AuthorityAnswer",
    "AuthorityRequest",
    "Breach",
    "BreachScope",
    "BreachStep",
    "ImpactAssessment",
    "LifeEvent",
    "LogExamination",
    "LogFigure",
    "LookUpSample",
    "MisuseSign",
    "ProcessingEntry",
    "RecordReview",
    "SampleReason",
    "SampleReview",
    "SignAnswer",
    "StaffPattern",
    "StatisticIssue",
]
