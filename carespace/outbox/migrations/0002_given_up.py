"""A mail that was tried for the last time has a state of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="outboxmessage",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent"),
                    ("refused", "Refused"),
                    ("dropped", "Dropped"),
                    ("given-up", "Given Up"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
    ]
