"""Tables of the floor."""

from openilp.safeguards.models.accounts import ApiToken, SharedValue, Unit, User
from openilp.safeguards.models.approvals import ApprovalAnswer, ApprovalRequest, ApprovalUse
from openilp.safeguards.models.delegations import Delegation
from openilp.safeguards.models.emergencies import ConflictOfInterest, Emergency, EmergencyReview
from openilp.safeguards.models.ledger import AuditDetail, AuditEvent, IdempotencyKey, Notice, ThreadEdge
from openilp.safeguards.models.matters import Matter, Membership

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
    "IdempotencyKey",
    "Matter",
    "Membership",
    "Notice",
    "SharedValue",
    "ThreadEdge",
    "Unit",
    "User",
]
