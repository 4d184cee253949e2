"""The verbs of entry and import over HTTP."""

from ninja import Router

from openilp.collection.api import imports, quarantine, reports

router = Router(tags=["collection"])
for part in (reports, imports, quarantine):
    router.add_router("", part.router)

__all__ = ["router"]
