"""The gate: what may go out, once or at all, and what comes back when Assay is sealed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from models.errors import UserError
from models.network import Act, Attempt, Door, Gate, Sealed, host_of
from models.network.proxies import put_aside, put_back

HUB = "huggingface.co"
ACT = Act("Download a model", HUB)


class House:
    """A gate whose seal a test can turn; the door is none of this process."""

    def __init__(self) -> None:
        self.is_sealed = True
        self.door = Door(clock=lambda: 7.0)
        self.gate = Gate(self.door, lambda: self.is_sealed)

    def goes_out(self, host: str = HUB) -> bool:
        """Whether the door lets this thread through now."""
        with socket.socket() as sock:
            try:
                self.door.watch("socket.connect", (sock, (host, 443)))
            except OSError:
                return False
        return True

    def looks_up(self, name: str) -> bool:
        """Whether the door lets this thread ask for the address of a name now."""
        try:
            self.door.watch("socket.getaddrinfo", (name, 443, 0, 0, 0))
        except OSError:
            return False
        return True

    def tries(self) -> list[tuple[str, bool, str]]:
        return [(each.host, each.allowed, each.reason) for each in self.gate.ledger.attempts]


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    assert made.gate.running == ()


def test_a_sealed_gate_refuses_with_a_sentence_and_says_what_it_was_asked(house: House) -> None:
    with pytest.raises(UserError, match="nothing leaves this machine") as caught, \
            house.gate.act(ACT.reason, "https://huggingface.co/api"):  # fmt: skip
        pytest.fail("went out")
    assert isinstance(caught.value, Sealed) and caught.value.act == ACT
    assert house.tries() == [(HUB, False, ACT.reason)]


def test_what_the_user_allowed_goes_out_once(house: House) -> None:
    house.gate.allow_once(ACT)
    with house.gate.act(ACT.reason, HUB) as open_for:
        assert house.goes_out() and house.gate.running == (ACT,)
    assert open_for == ACT.reason
    assert not house.goes_out()
    with pytest.raises(Sealed):
        house.gate.permit(ACT.reason, HUB)
    assert [allowed for _, allowed, _ in house.tries()] == [True, True, False, False]


def test_a_yes_to_one_act_is_none_to_another(house: House) -> None:
    house.gate.allow_once(ACT)
    with pytest.raises(Sealed):
        house.gate.permit(ACT.reason, "elsewhere.example")


def test_turned_off_acts_need_no_question_and_everything_else_stays_refused(house: House) -> None:
    house.is_sealed = False
    assert not house.goes_out()
    assert house.gate.permit(ACT.reason, HUB) == ACT.reason
    with house.gate.act(ACT.reason, HUB):
        assert house.goes_out()


@pytest.mark.parametrize("address", ["http://127.0.0.1:11434", "localhost", "http://[::1]:8080/v1"])
def test_this_machine_needs_no_leave_and_is_not_listed(house: House, address: str) -> None:
    assert house.gate.permit("Look at a server", address) == ""
    with house.gate.act("Look at a server", address) as open_for:
        assert open_for == "" and not house.goes_out()
    assert [host for host, _, reason in house.tries() if reason] == []


def test_sealing_again_brings_back_what_is_outside_and_forgets_the_rest(house: House) -> None:
    shut: list[str] = []
    house.gate.when_shut(lambda: shut.append("permitted"))
    house.gate.allow_once(ACT)
    house.gate.allow_once(Act("Another", HUB))
    with house.gate.act(ACT.reason, HUB, on_shut=lambda: shut.append("act")):
        house.gate.shut()
        assert not house.goes_out()
    with pytest.raises(Sealed):
        house.gate.permit("Another", HUB)
    assert shut == ["act", "permitted"]


def test_an_act_that_fails_leaves_the_door_shut_and_tells(house: House) -> None:
    told: list[tuple[Act, ...]] = []
    house.is_sealed = False
    house.gate.subscribe(lambda: told.append(house.gate.running))
    with suppress(ZeroDivisionError), house.gate.act(ACT.reason, HUB):
        raise ZeroDivisionError
    assert not house.goes_out() and told == [(ACT,), ()]


def test_the_ledger_keeps_the_newest_and_counts_all(house: House) -> None:
    ledger = house.gate.ledger
    for number in range(1500):
        ledger.add(Attempt(number, "a.b", "socket.connect", HUB, number % 2 == 0))
    assert len(ledger.attempts) == 1000 and ledger.attempts[-1].time == 1499
    assert (ledger.allowed, ledger.refused) == (750, 750)


def test_proxies_are_put_aside_and_come_back_only_by_hand() -> None:
    proxy = "http://127.0.0.1:3128"
    environment = {"HTTPS_PROXY": proxy, "all_proxy": "127.0.0.1:3128", "no_proxy": "x"}
    environment |= {"HOME": "/h", "WEB_PROXY": "mine"}
    found = put_aside(environment)
    assert found == {"https": proxy, "all": proxy, "no": "x"}
    assert environment == {"HOME": "/h", "WEB_PROXY": "mine", "no_proxy": "*", "NO_PROXY": "*"}
    put_back(environment, found)
    assert environment["https_proxy"] == environment["HTTPS_PROXY"] == proxy
    assert environment["no_proxy"] == environment["NO_PROXY"] == "x"


def test_hosts_that_need_no_proxy_are_nothing_without_one() -> None:
    assert put_aside({"NO_PROXY": "*"}) == {}


def test_the_gate_hands_on_the_proxies_of_the_user() -> None:
    gate = Gate(Door(proxies={"https": "http://127.0.0.1:3128"}), lambda: True)
    assert gate.proxies() == {"https": "http://127.0.0.1:3128"}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://lab.example:8000/v1", "lab.example"), ("lab.example:8000", "lab.example"),
        ("lab.example", "lab.example"), ("::1", "::1"), ("http://[::1]:80/", "::1"),
        ("127.0.0.1", "127.0.0.1"), ("", ""), ("https://Bücher.example", "xn--bcher-kva.example"),
    ],
)  # fmt: skip
def test_the_host_of_an_address(address: str, host: str) -> None:
    assert host_of(address) == host


def test_an_act_that_is_let_out_while_assay_is_sealed_does_not_begin(house: House) -> None:
    def is_sealed() -> bool:
        gate.shut()  # between the yes and the beginning
        return False

    gate = Gate(house.door, is_sealed)
    with pytest.raises(Sealed), gate.act(ACT.reason, HUB):
        pytest.fail("went out")


@pytest.mark.parametrize(
    ("address", "is_let_out"),
    [("lab.example", True), ("LAB.example", True), ("elsewhere.example", False)],
)
def test_an_act_looks_up_the_host_that_it_named_and_no_other(
    house: House, address: str, is_let_out: bool
) -> None:
    house.is_sealed = False
    with house.gate.act(ACT.reason, "https://Lab.example/v1"):
        assert house.looks_up(address) is is_let_out


def test_a_name_in_other_letters_is_looked_up_in_both_its_forms(house: House) -> None:
    house.is_sealed = False
    with house.gate.act(ACT.reason, "https://bücher.example"):
        assert house.looks_up("bücher.example") and house.looks_up("xn--bcher-kva.example")
