"""Tables of the floor."""

from openilp.safeguards.models.accounts import ApiToken, SharedValue, Unit, User
from openilp.safeguards.models.approvals import ApprovalAnswer, ApprovalRequest, ApprovalUse
from openilp.safeguards.models.delegations import Delegation, StoodIn
from openilp.safeguards.models.emergencies import ConflictOfInterest, Emergency, EmergencyReview
from openilp.safeguards.models.ledger import AuditDetail, AuditEvent, IdempotencyKey, Notice, ThreadEdge
from openilp.safeguards.models.matters import Matter, Membership
from openilp.safeguards.models.relabelling import LabelChange
from openilp.safeguards.models.retention import Erasure, RetentionClock, Tombstone
from openilp.safeguards.models.sensitive import SensitiveEnd, SensitiveMark, SensitiveOpening

__all__ = [
    "ApiToken",
    "ApprovalAnswer",
    "ApprovalRequest",
    "ApprovalUse",
    "AuditDetail",
    "AuditEvent",
    "ConflictOfInterest",
    "Delegation",
    "Emergency",
    "EmergencyReview",
    "Erasure",
    "IdempotencyKey",
    "LabelChange",
    "Matter",
    "Membership",
    "Notice",
    "RetentionClock",
    "SensitiveEnd",
    "SensitiveMark",
    "SensitiveOpening",
    "SharedValue",
    "StoodIn",
    "ThreadEdge",
    "Tombstone",
    "Unit",
    "User",
]
