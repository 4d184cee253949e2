"""Tables of the room, one file a noun."""

from openilp.oversight.models.corrections import CorrectionNotice
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
from openilp.oversight.models.rights import (
    RightsDecision,
    RightsFinding,
    RightsJudgement,
    RightsLetter,
    RightsOrder,
    RightsRequest,
    RightsSearch,
    RightsStep,
)
from openilp.oversight.models.samples import LookUpSample, SampleReason, SampleReview

__all__ = [
    "AssessmentAnswer",
    "AuthorityAnswer",
    "AuthorityRequest",
    "Breach",
    "BreachScope",
    "BreachStep",
    "CorrectionNotice",
    "ImpactAssessment",
    "LifeEvent",
    "LogExamination",
    "LogFigure",
    "LookUpSample",
    "MisuseSign",
    "ProcessingEntry",
    "RecordReview",
    "RightsDecision",
    "RightsFinding",
    "RightsJudgement",
    "RightsLetter",
    "RightsOrder",
    "RightsRequest",
    "RightsSearch",
    "RightsStep",
    "SampleReason",
    "SampleReview",
    "SignAnswer",
    "StaffPattern",
    "StatisticIssue",
]
