"""`assay demo`: one real chat turn, with transcript, statistics and a picture of the window."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.cli.terminal import harmless
from app.paths import Paths, find_paths
from app.services import Services
from labs.chat.conversation import ChatOptions, Message
from labs.chat.export_markdown import to_markdown
from labs.chat.identity import identity_of
from labs.chat.store import ChatStore
from labs.chat.turn import reply
from models.cancel import CancelToken
from models.engine.messages import Sampling
from models.errors import UserError
from models.library.entry import ModelEntry
from models.long_work import result_of

QUESTION = "What is a language model? Answer in two sentences."
OPTIONS = ChatOptions(sampling=replace(Sampling(), seed=1), max_tokens=160)
PICTURE_LIMIT_S = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("build/demo"), metavar="FOLDER")
    parser.add_argument("--model", default="starter", metavar="M")


def run(args: argparse.Namespace, services: Services) -> int:
    """Leave transcript.md, statistics.json and window.png in the folder; nothing is kept else."""
    entry = services.library.resolve_to_run(args.model)
    _make_folder(args.out)
    with tempfile.TemporaryDirectory(prefix="assay-demo-") as home:
        paths = find_paths({"ASSAY_HOME": home})
        transcript, answer = _chat(services, paths, entry)
        _write(args.out / "transcript.md", transcript)
        _write(args.out / "statistics.json", json.dumps(statistics(answer), indent=2) + "\n")
        take_picture(home, answer.chat_id, args.out / "window.png")
    print(f"Transcript, statistics and a picture of the window are in {args.out}.")
    return 0


def _chat(services: Services, paths: Paths, entry: ModelEntry) -> tuple[str, Message]:
    """Ask in a home of the demonstration's own: the user's chats stay as they are."""
    store = ChatStore(paths.chats_file)
    try:
        chat = store.create_chat(OPTIONS, entry.model, QUESTION)
        question = store.add_message(chat.id, None, "user", QUESTION)
        print(f"You: {QUESTION}\n\n{entry.name}: ", end="", flush=True)
        with result_of(services.lease(entry, holder="demo")) as lease:
            answering = reply(
                store,
                lease.engine,
                services.sandbox,
                chat.id,
                parent_id=question.id,
                cancel=CancelToken(),
                identity=identity_of(services.library, entry),
            )
            answer = result_of(answering)
    finally:
        store.close()
    print(f"{harmless(answer.text)}\n")
    if answer.state == "failed":
        raise UserError(answer.error)
    return to_markdown(chat, (question, answer)), answer


def statistics(answer: Message) -> dict[str, Any]:
    """Everything a reply keeps about how it was made; times in seconds."""
    record = asdict(answer.provenance) if answer.provenance else {}
    record["model_path"] = Path(str(record.get("model_path", ""))).name
    return {"state": answer.state, "characters": len(answer.text), **record}


def take_picture(home: str, chat_id: int, target: Path) -> None:
    """Show the chat in the real main window without a screen; a process of its own has the Qt."""
    environment = {**os.environ, "ASSAY_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-P", "-m", "app.shell.picture", str(chat_id), str(target.absolute())]
    try:
        ended = subprocess.run(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PICTURE_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError("The window did not come up for its picture.") from error
    if ended.returncode != 0 or not target.is_file():
        said = ended.stderr.strip().splitlines()
        raise UserError("The picture of the window could not be taken.", said[-1] if said else "")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            "Name another one with --out.",
        ) from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}.") from error
