"""FhirField: a jsonb column whose numbers keep their printed digits in both directions."""

from typing import Any

from django.db import models

from carespace.values import dump_json, parse_json


class FhirField(models.JSONField):
    """Like JSONField, but 1.20 stays 1.20 (decimals are Decimal, never float)."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None or not isinstance(value, str) else parse_json(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or not isinstance(value, dict | list):
            return super().get_db_prep_value(value, connection, prepared)
        return dump_json(value).decode()
