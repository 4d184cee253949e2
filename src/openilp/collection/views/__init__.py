"""Pages of entry and import."""

from openilp.collection.views.imports import batch, imports, reasons, resume
from openilp.collection.views.quarantine import categorise, quarantine, refuse
from openilp.collection.views.reports import answers, attach, download, home, report, submit, suggest, tie

__all__ = [
    "answers",
    "attach",
    "batch",
    "categorise",
    "download",
    "home",
    "imports",
    "quarantine",
    "reasons",
    "refuse",
    "report",
    "resume",
    "submit",
    "suggest",
    "tie",
]
