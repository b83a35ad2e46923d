"""The shipped terms of December 2026: practices that published none of their own go on to them."""

from django.db import migrations, models


def go_on(apps, schema_editor):
    practices = apps.get_model("practices", "Practice").objects
    practices.filter(terms_version="2026-11", terms__isnull=True).update(terms_version="2026-12")


def go_back(apps, schema_editor):
    practices = apps.get_model("practices", "Practice").objects
    practices.filter(terms_version="2026-12", terms__isnull=True).update(terms_version="2026-11")


class Migration(migrations.Migration):
    dependencies = [("practices", "0003_staff_offer")]

    operations = [
        migrations.AlterField(
            model_name="practice",
            name="terms_version",
            field=models.CharField(default="2026-12", max_length=20),
        ),
        migrations.RunPython(go_on, go_back),
    ]
