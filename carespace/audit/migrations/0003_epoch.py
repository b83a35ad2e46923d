"""The column by which the order of events outlives a move to another database server."""

from django.db import migrations

from carespace.audit.sql import EPOCH, NO_EPOCH


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_order_and_seal")]
    operations = [migrations.RunSQL(EPOCH, NO_EPOCH)]
