"""The job that seals the audit trail, each minute."""

from procrastinate.contrib.django import app

from carespace.audit.seal import seal_events


@app.periodic(cron="* * * * *")
@app.task(queue="audit", queueing_lock="audit.seal", lock="audit.seal", pass_context=False)
def seal_audit_trail(timestamp: int) -> None:
    """Chain what can be chained; twice at once does it once."""
    while seal_events():
        pass
