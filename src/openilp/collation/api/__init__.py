"""The verbs of collation over HTTP."""

from ninja import Router

from openilp.collation.api import desk, entities, graph, identity

router = Router(tags=["collation"])
for part in (entities, identity, graph, desk):
    router.add_router("", part.router)

__all__ = ["router"]
