"""Logs: one JSON object a line, to standard error, without health information.

Promises: an event has a name and fields that are ids, counts and codes; a request is logged by its route, never by its
path (paths hold ids and tokens), and an exception by its type and place, never by its message (messages quote data).
"""

import logging
import logging.config
import sys
import traceback
from typing import Any

import structlog

TRACE_FRAMES = 12


def set_up_logs() -> None:
    """Send Django's and our own events through one JSON formatter."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        _without_messages,
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(),
                    ],
                    "foreign_pre_chain": _SHARED,
                }
            },
            "handlers": {
                "out": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "json"}
            },
            "root": {"handlers": ["out"], "level": "WARNING"},
            "loggers": {
                "carespace": {"level": "INFO"},
                # Django names paths here; config.middleware.Refusals logs the route instead.
                "django.request": {"level": "CRITICAL"},
                "django.security.csrf": {"level": "CRITICAL"},
                # Any scanner asks under a name that is not ours: no mistake of the server, no place in its code.
                "django.security.DisallowedHost": {"level": "CRITICAL"},
            },
        }
    )


def _without_messages(_logger: object, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace an exception by its type and the places it passed through."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple) and error[1] is not None:
        frames = traceback.extract_tb(error[2])[-TRACE_FRAMES:]
        event["error"] = type(error[1]).__name__
        event["at"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    return event


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
