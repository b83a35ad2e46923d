"""What one check of ``carespace doctor`` saw."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on one thing: ``remedy`` is empty when all is well."""

    check: str
    told: str
    remedy: str = ""

    @property
    def well(self) -> bool:
        return not self.remedy
