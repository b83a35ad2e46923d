"""However far apart two dates are, the axis names only as many as it may show."""

from datetime import date

import pytest

from carespace.ui import time_axis


def test_an_axis_of_all_years_names_few_months(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []
    said = time_axis._said
    monkeypatch.setattr(time_axis, "_said", lambda text: named.append(text) or said(text))  # type: ignore[func-returns-value]
    first, last = date(1, 1, 2).toordinal(), date(9999, 12, 30).toordinal()
    assert list(time_axis.day_ticks(float(first), float(last)))
    assert len(named) < 100
