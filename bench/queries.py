"""How many statements a page sends, counted in this process as the web role: ``python -m bench.queries COOKIES PATH``."""

import importlib
import json
import os
import sys
from typing import Any

import django

from carespace.config.processes import prepare

_NOT_QUERIES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def main(cookies: str, path: str) -> None:
    """Print the count of statements of one page, transactions' own aside."""
    prepare("web")
    os.environ["DJANGO_SETTINGS_MODULE"] = "carespace.config.settings"
    django.setup()
    client = importlib.import_module("django.test").Client(SERVER_NAME="localhost")
    client.cookies.load(json.loads(cookies))
    print(_count(client, path))


def _count(client: Any, path: str) -> int:  # noqa: ANN401  a class that exists only after setup
    connections = importlib.import_module("django.db").connections
    utils = importlib.import_module("django.test.utils")
    client.get(path)
    with (
        utils.CaptureQueriesContext(connections["default"]) as queries,
        utils.CaptureQueriesContext(connections["aside"]) as aside,
    ):
        answer = client.get(path)
    if answer.status_code != 200:
        sys.exit(f"A page answered {answer.status_code} while its queries were counted.")
    sent = [each["sql"] for each in (*queries, *aside)]
    return sum(1 for sql in sent if not sql.startswith(_NOT_QUERIES))


if __name__ == "__main__":
    main(*sys.argv[1:])
