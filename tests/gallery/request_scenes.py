"""The Telemetry page with requests on the time axis, and loads beside their forecast."""

from __future__ import annotations

from collections.abc import Generator

from app.pages.telemetry.page import TelemetryPage
from app.pages.telemetry.requests_tab import RequestsTab
from labs.telemetry.journal import Cost
from labs.telemetry.per_token import energy_of
from models.cancel import CancelToken
from models.engine.messages import Generate, LoadSettings, Part, Sampling
from models.engine.phases import Phase
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage
from tests.labs.telemetry.made_readings import asked, counted, ticks

STORY = "Once upon a time a keeper of a lighthouse saw a storm coming over the sea. "
WATTS, REST_W = 61.0, 22.0


def _page(stage: Stage, target: str) -> TelemetryPage:
    stage.window.open("telemetry")
    page = stage.window.page("telemetry")
    assert isinstance(page, TelemetryPage)
    page.open_target(target)
    stage.settle()
    return page


def _tab(stage: Stage) -> RequestsTab:
    requests = _page(stage, "requests").requests
    stage.until(lambda: requests.tab is not None)
    assert requests.tab is not None
    return requests.tab


def _reply(stage: Stage, text: str, n_tokens: int) -> None:
    services, library = stage.services, stage.services.library
    entry = library.resolve_to_run("starter")

    def work(cancel: CancelToken) -> Generator[object, None, None]:
        lease = yield from services.lease(entry, holder="chat", cancel=cancel)
        request = Generate("", (Part(text),), Sampling(temperature=0), n_tokens)
        with lease:
            yield from lease.engine.generate(request, cancel)

    stage.desktop.context.jobs.start(work)
    stage.settle()


def _asked(stage: Stage) -> None:
    """Replies of the starter, as many tokens as there is time for."""
    for number, (n_times, n_tokens) in enumerate(((30, 120), (4, 200), (60, 60))):
        _reply(stage, f"{number} " + STORY * n_times, n_tokens)
        stage.pause(1200)


def _failed(stage: Stage) -> None:
    """The model's process ended in the middle of a reply."""
    stage.say("Please crash now.")
    _tab(stage)
    stage.settle()


def _live(stage: Stage) -> None:
    _asked(stage)
    _page(stage, "live")
    stage.pause(1500)


def _requests(stage: Stage) -> None:
    _asked(stage)
    _tab(stage).table.selectRow(0)
    stage.settle()


def _several(stage: Stage) -> None:
    _asked(stage)
    tab = _tab(stage)
    tab.table.selectAll()
    stage.until(lambda: "average" in tab.card.lines.text())


def _energy(stage: Stage) -> None:
    """Sensors with a counter, which this machine may not have: their numbers are made up."""
    tab = _tab(stage)
    costs = []
    for number in range(1, 7):
        wrote_s = 4.0 * number
        start = 1_700_000_000.0 + 60 * number
        phases = (Phase("prompt", start, start + 6, 900), Phase("generation", start + 6,
                  start + 6 + wrote_s, 0, round(40 * wrote_s)))  # fmt: skip
        request = asked(*phases, number=number, model="Qwen3-4B-Q4_K_M", prompt_s=6.0,
                        generation_s=wrote_s, first_token_s=6.02, n_answers=1)  # fmt: skip
        times = ticks(start - 30, start + 40)
        readings = counted(
            times, lambda at, r=request: WATTS if r.start_s <= at < r.end_s else REST_W,
            key="gpu 0", name="NVIDIA RTX 4070", resolution_j=0.001,
        )  # fmt: skip
        costs.append(Cost(request, energy_of(request, [], readings), 3_100_000_000 + number))
    tab.show_costs(tuple(reversed(costs)))
    tab.choose_first()
    stage.settle()


def _loads(stage: Stage) -> None:
    for number, n_ctx in enumerate((512, 4096, 2048)):
        entry = stage.services.library.resolve_to_run("starter")
        stage.services.library.save_load_settings(entry, LoadSettings(n_ctx=n_ctx))
        _reply(stage, f"Hello {number}.", 4)
    _no_loads(stage)


def _none(stage: Stage) -> None:
    _tab(stage)


def _no_loads(stage: Stage) -> None:
    loads = _page(stage, "loads").loads
    stage.until(lambda: loads.tab is not None)
    stage.settle()


SCENES = (
    Scene("telemetry", "requests none", "sim:echo", _none),
    Scene("telemetry", "requests", "", _requests),
    Scene("telemetry", "requests several", "", _several),
    Scene("telemetry", "requests failed", "sim:crash", _failed),
    Scene("telemetry", "requests energy", "sim:echo", _energy),
    Scene("telemetry", "live with requests", "", _live),
    Scene("telemetry", "loads none", "sim:echo", _no_loads),
    Scene("telemetry", "loads", "", _loads),
)
