"""What becomes of a worker that was let out when the user seals Assay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Connection, Generate, LoadSettings, Part
from models.engine.pool import Pool
from models.engine.worker_link import STATE
from models.errors import UserError
from models.long_work import result_of

OUTSIDE, INSIDE = "sim:slow?delay_ms=20&tokens=2000", "sim:echo"


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Its slow model stands for one on a server elsewhere."""
    connection = Connection("https://lab.example", open_for="Use a model at lab.example")
    made = Pool(
        fits=lambda *_: True, connect=lambda model: connection if model == OUTSIDE else None
    )
    yield made
    made.close()


def test_a_reply_from_outside_ends_with_a_sentence_and_local_models_stay(pool: Pool) -> None:
    result_of(pool.lease(INSIDE, LoadSettings())).release()
    with result_of(pool.lease(OUTSIDE, LoadSettings())) as lease:
        assert {each.open_for for each in pool.status()} == {"", "Use a model at lab.example"}
        events = lease.engine.generate(Generate("", (Part("Hello"),)), CancelToken())
        next(events)
        pool.cut_off()
        with pytest.raises(UserError, match="has been sealed"):
            list(events)
    assert [each.model for each in pool.status()] == [INSIDE]


def test_a_worker_that_is_about_to_start_is_ended_too() -> None:
    def on_state(state: STATE, detail: str) -> None:
        if state == "starting":
            client.cut_off()

    client = EngineClient(INSIDE, LoadSettings(), on_state)
    with pytest.raises(UserError, match="has been sealed"):
        result_of(client.load(CancelToken()))
    assert not client.is_alive


def test_a_connection_that_is_permitted_while_assay_is_sealed_is_used_by_nobody() -> None:
    def connect(model: str) -> Connection:
        made.cut_off()  # after the yes, before there is a worker to end
        return Connection("https://lab.example", open_for="Use a model at lab.example")

    made = Pool(connect=connect)
    with pytest.raises(UserError, match="has been sealed"):
        result_of(made.lease(INSIDE, LoadSettings()))
    assert made.status() == ()
