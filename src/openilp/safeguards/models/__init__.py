"""Tables of the floor."""

from openilp.safeguards.models.accounts import ApiToken, Unit, User
from openilp.safeguards.models.approvals import ApprovalAnswer, ApprovalRequest, ApprovalUse
from openilp.safeguards.models.ledger import AuditEvent, IdempotencyKey, Notice, ThreadEdge
from openilp.safeguards.models.matters import Matter, Membership

__all__ = [
    "ApiToken",
    "ApprovalAnswer",
    "ApprovalRequest",
    "ApprovalUse",
    "AuditEvent",
    "IdempotencyKey",
    "Matter",
    "Membership",
    "Notice",
    "ThreadEdge",
    "Unit",
    "User",
]
