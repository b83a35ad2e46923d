"""Lookups that Django does not bring."""

from typing import Any

from django.db.models import Lookup


class AnyOf(Lookup):
    """``id = ANY(…)``: one text of SQL for any number of ids."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, before = self.process_lhs(compiler, connection)
        right, after = compiler.compile(self.rhs)
        return f"{left} = ANY({right})", (*before, *after)
