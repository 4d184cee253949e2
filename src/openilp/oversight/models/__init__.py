"""Tables of the room, one file a noun."""

from openilp.oversight.models.misuse import LogExamination, LogFigure, MisuseSign, SignAnswer, StaffPattern
from openilp.oversight.models.reviews import LifeEvent, RecordReview
from openilp.oversight.models.samples import LookUpSample, SampleReason, SampleReview

__all__ = [
    "LifeEvent",
    "LogExamination",
    "LogFigure",
    "LookUpSample",
    "MisuseSign",
    "RecordReview",
    "SampleReason",
    "SampleReview",
    "SignAnswer",
    "StaffPattern",
]
