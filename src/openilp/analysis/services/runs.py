"""Running a method on a snapshot."""

from collections.abc import Mapping

from openilp.analysis import conditions, registry, snapshot_files
from openilp.analysis.canonical import digest
from openilp.analysis.errors import WrongData
from openilp.analysis.models import MethodRun, Snapshot
from openilp.analysis.services.snapshots import TAKERS
from openilp.direction.models import Requirement
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import joined


@action("analysis.run_method", roles=TAKERS, operation="combination")
def run_method(
    *,
    actor: Actor,
    snapshot: Snapshot,
    method: str,
    parameters: Mapping[str, object] | None = None,
    requirement: Requirement | None = None,
) -> MethodRun:
    """Run one method on one snapshot; the same call gives the same digest again."""
    chosen = registry.method(method)
    conditions.check(chosen, actor=actor)
    if chosen.kind != snapshot.kind:
        raise WrongData(method, str(chosen.needs), snapshot.kind)
    values = chosen.read(parameters or {})
    result = chosen.run(snapshot_files.read(snapshot.sha256), values)
    labels = [snapshot.label] + ([requirement.label] if requirement else [])
    row: MethodRun = MethodRun.objects.record(
        actor=actor,
        snapshot=snapshot,
        requirement=requirement,
        method=chosen.name,
        method_version=chosen.version,
        parameters=values,
        result=result,
        digest=digest(
            {
                "snapshot": snapshot.sha256,
                "method": chosen.name,
                "version": chosen.version,
                "parameters": values,
                "result": result,
            }
        ),
        caution=str(chosen.caution),
        label=joined(labels),
    )
    return row
