"""``carespace demo``: a practice with invented patients, on this machine, in one command.

Promises: it prepares everything itself, may be killed at any moment and run again, and ends all it started within ten
seconds of Ctrl-C or SIGTERM. The records are told as of the day of the first set-up; ``--fresh`` makes them anew.
"""

import json
import os
import signal
import sys
import threading
import time
import webbrowser
from datetime import date
from pathlib import Path

import click
from rich.console import Console

from carespace.demo.announcing import announce
from carespace.demo.cast import FEED, SLUG
from carespace.demo.children import Child, ChildProblem, Children, StopAsked
from carespace.demo.home import DemoHome, RunsAlready
from carespace.demo.web import NoFreePort, answers, free_port

READY_PATH = "/sign-in/"
READY_PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.2
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="0 takes any free one.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object when ready.")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and make them anew.")
def command(port: int, no_browser: bool, json_wanted: bool, fresh: bool) -> None:
    """Run a demo practice with invented patients until Ctrl-C."""
    stop_asked = threading.Event()
    for each in STOPPING:
        # Noted, and raised between two steps: an exception out of nowhere could lose a child.
        signal.signal(each, lambda _number, _frame: stop_asked.set())
    say = Console(stderr=True, highlight=False)
    try:
        home = DemoHome(_home_folder())
        with Children(home.logs, stop_asked, home.lock) as children:
            url, made_on = _start(children, home, port, say, fresh=fresh)
            announce(url, made_on, json_wanted=json_wanted)
            if not (no_browser or json_wanted) and _has_display():
                webbrowser.open(url)
            while True:
                children.pause(POLL_SECONDS)
                _raise_for(children.fallen())
    except StopAsked:
        home.forget()
        say.print("CareSpace has stopped.")
    except (ChildProblem, NoFreePort, RunsAlready) as problem:
        raise click.ClickException(str(problem)) from None


def _start(
    children: Children, home: DemoHome, port: int, say: Console, *, fresh: bool
) -> tuple[str, date]:
    """Start everything; return the address and the day the records are told as of."""
    running = json.loads(children.ask("database", "database", "status", "--json"))["running"]
    owned = home.left_database_running() or not running
    if owned:
        children.own_database()
    home.note(database=owned)
    made_on = _set_up(children, home, say, fresh=fresh)
    chosen = free_port(port)
    if port not in (0, chosen):
        say.print(f"Port {port} is taken; using {chosen}.")
    origin = f"http://localhost:{chosen}"
    home.note(database=owned or fresh, url=f"{origin}/")
    _serve(children, chosen, origin, say)
    return f"{origin}/", made_on


def _set_up(children: Children, home: DemoHome, say: Console, *, fresh: bool) -> date:
    """Bring the home to where people can sign in; return the day its records are told as of."""
    with say.status("Starting the database…"):
        children.ask("migrate", "migrate", "--quiet")
        state = _state(children)
        if fresh:
            children.ask("database", "database", "stop")
            home.start_anew()
            children.own_database()
            children.ask("migrate", "migrate", "--quiet")
            state = _state(children)
    if state["feed"] == "missing":
        with say.status("Writing the records of the invented patients…"):
            feed = home.feed()
        with say.status("Importing them as a practice’s feed would…"):
            children.ask(
                "import", "import", "--practice", SLUG, "--feed", FEED, "--json", str(feed)
            )
            state = _state(children)
    if "made_on" not in state:
        message = "The records were not imported to their end; see: carespace doctor"
        raise ChildProblem(message)
    return date.fromisoformat(state["made_on"])


def _state(children: Children) -> dict[str, str]:
    state: dict[str, str] = json.loads(children.ask("set-up", "manage", "demo_set_up"))
    return state


def _serve(children: Children, port: int, origin: str, say: Console) -> None:
    """Start the web and worker processes; return once the sign-in page answers."""
    web = children.start("web", "serve", "--port", str(port), origin=origin)
    children.start("worker", "worker", origin=origin)
    deadline = time.monotonic() + READY_PATIENCE_SECONDS
    with say.status("Starting the pages…"):
        while not answers(port, READY_PATH):
            _raise_for(children.fallen())
            if time.monotonic() > deadline:
                message = f"The pages do not answer at {origin}.\n{web.tail()}"
                raise ChildProblem(message)
            children.pause(POLL_SECONDS)


def _raise_for(fallen: Child | None) -> None:
    if fallen is not None:
        code = fallen.process.returncode
        message = f"The {fallen.name} process ended ({code}); stopping.\n{fallen.tail()}"
        raise ChildProblem(message)


def _home_folder() -> Path:
    """Return the home: the same rule as every ``carespace`` process (architecture, Commands)."""
    checkout = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("CARESPACE_HOME") or checkout / ".carespace").absolute()


def _has_display() -> bool:
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
