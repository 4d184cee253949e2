"""The verbs of analysis over HTTP."""

from ninja import Router

from openilp.analysis.api import products, runs

router = Router(tags=["analysis"])
router.add_router("", runs.router)
router.add_router("", products.router)
