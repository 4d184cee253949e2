"""The verbs of the room over HTTP, one router a desk."""

from ninja import Router

from openilp.oversight.api import (
    assessments,
    authority,
    breaches,
    misuse,
    orders,
    registers,
    retention,
    rights,
    simulator,
)

router = Router(tags=["oversight"])
router.add_router("", misuse.router)
router.add_router("", retention.router)
router.add_router("", rights.router)
router.add_router("", orders.router)
router.add_router("", simulator.router)
router.add_router("", registers.router)
router.add_router("", assessments.router)
router.add_router("", breaches.router)
router.add_router("", authority.router)
