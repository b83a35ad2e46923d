"""Lookups that Django does not bring."""

from typing import Any

from django.db.models import Lookup


class AnyOf(Lookup):
    """``id = ANY(…)``: one text of SQL for any number of ids."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, before = self.process_lhs(compiler, connection)
        right, after = compiler.compile(self.rhs)
        return f"{left} = ANY({right})", (*before, *after)


class PointsAtAny(Lookup):
    """Whether a jsonb array of references ("Type/<id>") has one that ends with one of an array of ids (text)."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, before = self.process_lhs(compiler, connection)
        right, after = compiler.compile(self.rhs)
        each = f"SELECT right(said, 36) FROM jsonb_array_elements_text({left}) AS said"  # noqa: S608  our own expression
        return f"EXISTS ({each} WHERE right(said, 36) = ANY({right}))", (*before, *after)
