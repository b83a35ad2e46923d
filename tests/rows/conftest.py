"""Each row of product.md, once for each of the three ready presets."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from carespace.practices.presets import PRESETS
from tests.rows.steps import Scene, make_scene


@pytest.fixture(autouse=True)
def _mailbox(settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]


@pytest.fixture(params=list(PRESETS))
def preset(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def scene(preset: str, tmp_path: Path) -> Scene:
    """A practice of this preset, with a patient whose record holds something, and a front desk."""
    return make_scene(preset, tmp_path)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move Django's clock on."""
    moved, plain = timedelta(), timezone.now

    def now() -> datetime:
        return plain() + moved

    def move(by: timedelta) -> None:
        nonlocal moved
        moved += by

    monkeypatch.setattr(timezone, "now", now)
    return move
