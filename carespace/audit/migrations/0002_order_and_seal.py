"""The two columns by which the seal knows an order."""

from django.db import migrations

from carespace.audit.sql import HIDDEN_COLUMNS


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(
            HIDDEN_COLUMNS,
            "ALTER TABLE audit_auditevent DROP COLUMN sequence, DROP COLUMN transaction_id",
        )
    ]
