"""Listeners hear of everything, also beside one that fails."""

from __future__ import annotations

from models.listeners import Listeners


def failing(_what: str) -> None:
    raise ValueError("broken")


def test_a_fault_of_one_is_told_once_and_the_others_hear() -> None:
    bugs: list[Exception] = []
    heard: list[str] = []
    listeners = Listeners[[str]](bugs.append)
    listeners.add(failing)
    listeners.add(heard.append)
    listeners.tell("one")
    listeners.tell("two")
    assert heard == ["one", "two"]
    assert [str(bug) for bug in bugs] == ["broken"]


def test_who_leaves_while_told_hears_no_more() -> None:
    heard: list[str] = []
    listeners = Listeners[[str]]()
    end = listeners.add(heard.append)
    listeners.tell("one")
    end()
    end()
    listeners.tell("two")
    assert heard == ["one"]
