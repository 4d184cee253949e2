"""Tables of the room, one file a noun."""

from openilp.oversight.models.misuse import LogExamination, LogFigure, MisuseSign, SignAnswer, StaffPattern
from openilp.oversight.models.samples import LookUpSample, SampleReason, SampleReview

__all__ = [
    "LogExamination",
    "LogFigure",
    "LookUpSample",
    "MisuseSign",
    "SampleReason",
    "SampleReview",
    "SignAnswer",
    "StaffPattern",
]
