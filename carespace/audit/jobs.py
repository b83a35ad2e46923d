"""The job that seals the audit trail each minute, and notes the head of the chain beside the database."""

from procrastinate.contrib.django import app

from carespace.audit.seal import heads_file, seal_all


@app.periodic(cron="* * * * *")
@app.task(queue="audit", queueing_lock="audit.seal", pass_context=False)
def seal_audit_trail(timestamp: int) -> None:  # noqa: ARG001  procrastinate says for which minute
    """Chain what can be chained; twice at once does it once.

    No ``lock``: the sealing function has one of its own, that ends with its connection. A job's lock would outlive a
    worker that was killed, and nothing would be sealed behind it.
    """
    seal_all(heads_file())
