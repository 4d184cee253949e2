"""Jobs of the worker: files that were sent in are imported.

There is no system actor: a job carries the account that sent the file and the matter it was sent for, and is
authorised again when it runs.
"""

from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app

from openilp.collection.imports import runs
from openilp.collection.models import ImportBatch
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for

#: A worker that gave no sign for so long is dead, and what it did is taken up again.
_DEAD_AFTER_S = 60


def send(batch: ImportBatch) -> None:
    """Put the reading of a run's file in the queue, in the transaction that opens or resumes it."""
    read_file.defer(
        actor_id=str(batch.created_by_id), matter_id=str(batch.purpose_id), batch_id=str(batch.pk)
    )


@app.task(name="collection.read_file")
def read_file(actor_id: str, matter_id: str, batch_id: str) -> int:
    """Import the file of a run under the account that sent it, as it is now, and return how many rows it has."""
    actor = actor_for(User.objects.get(pk=actor_id), purpose=UUID(matter_id))
    done = runs.carry_out(actor=actor, key=UUID(batch_id))
    return done.rows if done else 0


@app.periodic(cron="* * * * *")
@app.task(name="collection.take_up_again", queueing_lock="collection.take_up_again", pass_context=True)
async def take_up_again(context: JobContext, timestamp: int) -> int:
    """Put the imports of a worker that died back in the queue and return how many."""
    jobs = context.app.job_manager
    stalled = await jobs.get_stalled_jobs(
        task_name="collection.read_file", seconds_since_heartbeat=_DEAD_AFTER_S
    )
    found = list(stalled)
    for job in found:
        await jobs.retry_job(job)
    return len(found)
