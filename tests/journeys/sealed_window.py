"""Everything that never needs the network, in one window: prints what asked for it all the same.

`python -m tests.journeys.sealed_window MODEL FOLDER` opens the real window in the home that
ASSAY_HOME names, chats, runs an experiment into the folder, and opens every page.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace

from app.cli import run as run_command
from app.shell.desktop import Desktop
from tests.journeys.first_minute import ask, once, wait_until
from tests.journeys.one_message import chat_page

NATIVE = ("QtNetwork", "QtWebEngine", "QtQml")
SIZE = ("--items", "4", "--formats", "2")


def run_experiment(desktop: Desktop, folder: str) -> None:
    """As `assay run` does it, on the services of this window, by a subject that answers at once."""
    parser = argparse.ArgumentParser()
    run_command.add_arguments(parser)
    words = ["brittleness", "--model", "sim:able?accuracy=0.7", "--out", folder, *SIZE]
    assert run_command.run(parser.parse_args(words), desktop.context.services) == 0


def open_every_page(desktop: Desktop) -> None:
    for page_id in desktop.window.page_ids:
        desktop.window.open(page_id)
        wait_until(lambda: not desktop.context.jobs.running, f"the page {page_id}")


def main(model: str, folder: str) -> None:
    ledger: list[object] = []

    def work(desktop: Desktop) -> None:
        session = chat_page(desktop).session
        session.set_options(replace(session.options, max_tokens=16))
        ask(desktop, model)
        run_experiment(desktop, folder)
        open_every_page(desktop)
        ledger.extend(asdict(each) for each in desktop.context.services.gate.ledger.attempts)

    replies = once(work)
    native = [name for name in sys.modules if any(word in name for word in NATIVE)]
    print(json.dumps({"replies": replies, "ledger": ledger, "native": native}))


if __name__ == "__main__":
    main(*sys.argv[1:])
