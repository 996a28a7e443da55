"""Claim cards: what they say, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs.claim_runs_section import NONE
from app.pages.labs.claims_view import ClaimsView
from app.pages.labs.run_work import run
from app.pages.labs.setup_view import SetupView
from labs.claims.evidence import HOW_JUDGED
from labs.experiments.running.pause import PauseSwitch
from models.cancel import CancelToken
from models.long_work import result_of
from tests.gui.labs_bench import labs_user
from tests.gui.labs_page import ABLE, LabsUser, plan_small


@pytest.fixture
def user(context: AppContext, qtbot: QtBot) -> Iterator[LabsUser]:
    yield from labs_user(context, qtbot)


def open_claims(user: LabsUser) -> ClaimsView:
    user.front.open_lab("claim-cards")
    view = user.front.labs.currentWidget()
    assert isinstance(view, ClaimsView)
    user.until(lambda: view.state.isHidden())
    return view


def set_up_of(user: LabsUser) -> SetupView:
    setup = user.front.labs.setup
    assert setup is not None
    return setup


def test_the_three_claims_stand_beside_what_eight_items_may_conclude(user: LabsUser) -> None:
    view = open_claims(user)
    assert list(view.cards) == ["H1", "H2", "H3"]
    assert all(card.isVisibleTo(view) for card in view.cards.values())
    assert not view.state.isVisible()


@pytest.mark.parametrize(
    ("claim", "lab", "family", "set_name"),
    [("H1", "brittleness", "tone", "medication.yaml"), ("H2", "temporal", None, None)],
)
def test_a_card_opens_the_set_up_of_its_protocol(
    user: LabsUser, claim: str, lab: str, family: str | None, set_name: str | None
) -> None:
    open_claims(user).cards[claim].set_up_button.click()
    setup = set_up_of(user)
    assert (setup.experiment.id, setup.time.value()) == (lab, "report")
    assert setup.options.values().get("family") == family
    path = setup.set.value()
    assert (path.name if path else None) == set_name


def test_a_test_of_many_models_says_so_in_its_set_up(user: LabsUser) -> None:
    open_claims(user).cards["H3"].set_up_button.click()
    assert "12 models or more" in set_up_of(user).advice.text()
    assert set_up_of(user).advice.isVisibleTo(set_up_of(user))
    user.front.open_lab("temporal")
    assert not set_up_of(user).advice.isVisibleTo(set_up_of(user))


def test_the_original_eight_run_as_they_are(user: LabsUser) -> None:
    user.use(ABLE)
    open_claims(user).cards["H2"].run_button.click()
    user.until(lambda: user.front.runs.live_runs)
    run = next(iter(user.front.runs.live_runs.values()))
    assert run.prepared.plan.design["set_id"] == "original-eight"
    assert run.prepared.plan.design["n_items"] == 8


def test_a_card_shows_what_kept_runs_say_and_leads_to_them(user: LabsUser) -> None:
    view = open_claims(user)
    user.until(lambda: view.cards["H1"].runs.count.text() == NONE)
    folder = finished_run(user)
    open_claims(user)
    runs = view.cards["H1"].runs
    user.until(lambda: runs.said)
    assert runs.count.text() == "1 settles nothing."
    assert "SIMULATED" in runs.said[0].said.sentence
    assert view.cards["H2"].runs.count.text() == NONE
    shown = [label.text() for label in view.cards["H3"].runs.findChildren(QLabel)]
    assert HOW_JUDGED["H3"] in shown
    opened: list[tuple[str, str]] = []
    user.context.navigation.requested.connect(lambda *asked: opened.append(asked))
    opener = next(b for b in runs.findChildren(QPushButton) if b.text() == "See the run")
    opener.click()
    assert opened == [("labs", f"run:{folder.name}")]


def finished_run(user: LabsUser) -> Path:
    """A run that has ended, without the model having been asked through the window."""
    prepared = plan_small(user.context.services.paths.runs, ABLE)
    result_of(run(user.context.services, prepared, PauseSwitch(), CancelToken()))
    return prepared.path


def test_without_a_model_the_original_eight_wait_for_one(user: LabsUser) -> None:
    open_claims(user).cards["H1"].run_button.click()
    user.until(lambda: set_up_of(user).is_settled)
    assert "Choose one at the top" in set_up_of(user).size_card.state.text()
    user.use(ABLE)
    user.until(lambda: set_up_of(user).is_settled)
    assert set_up_of(user).size_card.counts.text().startswith("8 items")
    assert not user.front.runs.live_runs


def test_what_was_chosen_before_stays_where_a_protocol_says_nothing(user: LabsUser) -> None:
    user.front.open_lab("temporal")
    set_up_of(user).prediction.setPlainText("It will lean to acting.")
    open_claims(user).cards["H3"].set_up_button.click()
    assert set_up_of(user).prediction.toPlainText() == "It will lean to acting."
