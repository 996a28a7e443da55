"""The way to the hub: a proxy that the user named, an authority of the user's own, the seal."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.download.hub import Hub, look_reason
from models.download.messages import Leave
from models.download.pace import Pace
from models.download.repository import parse_repository
from models.download.way import Way
from models.errors import UserError
from models.network import Door, Gate
from models.serving.access import Access
from tests.models.download.conftest import REPO, MakeHub, download, look
from tests.servers.hub import LoopbackHub, hub_answers
from tests.servers.kept_tokens import KeptTokens

FOLDER = {"model.safetensors": b"weights", "config.json": b"{}"}


@pytest.fixture
def gate() -> Gate:
    return Gate(Door(), lambda: False)


@pytest.fixture
def behind_proxy(make_hub: MakeHub, server: LoopbackHub, gate: Gate) -> Hub:
    """The loopback hub takes the place of a proxy: it is asked for addresses of another host."""
    server.add("lab/tiny-4bit", FOLDER, tags=("mlx",))
    elsewhere = {"HF_ENDPOINT": "http://hub.invalid"}
    return make_hub(gate=gate, way=lambda: Way(proxy=server.endpoint), environment=elsewhere)


def test_the_proxy_of_the_settings_is_asked_for_the_hub(
    behind_proxy: Hub, server: LoopbackHub
) -> None:
    assert look(behind_proxy, "lab/tiny-4bit").default.name == "tiny-4bit"
    assert server.seen[0].path.startswith("http://hub.invalid/api/models/lab/tiny-4bit")


def test_the_proxy_of_the_surroundings_is_handed_on(make_hub: MakeHub, server: LoopbackHub) -> None:
    server.add("lab/tiny-4bit", FOLDER, tags=("mlx",))
    gate = Gate(Door(proxies={"http": server.endpoint}), lambda: False)
    hub = make_hub(gate=gate, environment={"HF_ENDPOINT": "http://hub.invalid"})
    assert look(hub, "lab/tiny-4bit").default.name == "tiny-4bit"


def test_sealing_assay_meanwhile_ends_the_process(behind_proxy: Hub, gate: Gate) -> None:
    with pytest.raises(UserError, match="Assay was sealed"):
        for _ in behind_proxy.look(parse_repository(REPO), CancelToken()):
            gate.shut()
    assert gate.running == ()


def test_sealing_assay_before_there_is_a_process_ends_the_act(
    behind_proxy: Hub, gate: Gate
) -> None:
    gate.subscribe(gate.shut)  # the act has begun, its process has not
    with pytest.raises(UserError, match="Assay was sealed"):
        look(behind_proxy)
    assert gate.running == ()


def test_a_way_that_cannot_be_gone_uses_the_yes_up(make_hub: MakeHub) -> None:
    gate = Gate(Door(), lambda: True)
    there = {"HF_ENDPOINT": "https://hub.invalid"}
    hub = make_hub(gate=gate, way=lambda: Way(ca_file="/nowhere"), environment=there)
    act = hub.act(look_reason(parse_repository(REPO)))
    assert act is not None
    gate.allow_once(act)
    for sentence in ("There are no certificates", "nothing leaves this machine"):
        with pytest.raises(UserError, match=sentence):
            look(hub)


def test_a_proxy_without_a_scheme_is_one_over_http(make_hub: MakeHub) -> None:
    hub = make_hub(way=lambda: Way(proxy="proxy.example:3128"))
    assert hub.proxies() == dict.fromkeys(("http", "https"), "http://proxy.example:3128")


@pytest.mark.parametrize(
    ("endpoint", "token"),
    [
        ("https://huggingface.co", "kept"),
        ("https://mirror.example/hf", "given"),
        ("http://127.0.0.1:9", "given"),
        ("http://mirror.example", ""),
        ("http://huggingface.co", ""),
    ],
)
def test_a_token_goes_to_the_hub_it_is_meant_for(
    make_hub: MakeHub, endpoint: str, token: str
) -> None:
    tokens = KeptTokens()
    tokens.write("huggingface.co", "kept")
    hub = make_hub(tokens=tokens, environment={"HF_ENDPOINT": endpoint, "HF_TOKEN": "given"})
    assert hub.token.read() == token


def test_no_token_is_kept_for_a_hub_that_would_get_it_in_the_clear(make_hub: MakeHub) -> None:
    tokens = KeptTokens()
    hub = make_hub(tokens=tokens, environment={"HF_ENDPOINT": "http://mirror.example"})
    with pytest.raises(UserError, match=r"no token goes to mirror\.example.*https://"):
        hub.token.save("hf_right")
    assert tokens.kept == {}
    hub.token.save("")  # one of an older version can be forgotten


def test_a_locked_repository_of_such_a_hub_says_why_no_token_helps(
    make_hub: MakeHub, server: LoopbackHub, gate: Gate
) -> None:
    server.repositories[REPO].is_gated = True
    plain = {"HF_ENDPOINT": "http://hub.invalid", "HF_TOKEN": "hf_right"}
    hub = make_hub(gate=gate, way=lambda: Way(proxy=server.endpoint), environment=plain)
    with pytest.raises(UserError, match=r"no token goes to hub\.invalid"):
        download(hub)
    assert {each.headers.get("authorization") for each in server.seen} == {None}


def test_what_is_secret_is_not_shown_by_accident() -> None:
    leave = Leave("Download", {"https": "http://ann:secret@proxy.example"}, "secret")
    assert "secret" not in repr((leave, Access("secret")))


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody but its owner trusts, with its key."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path / "authority.pem"
    path.write_bytes(certificate.public_bytes(encoding) + key.private_bytes(encoding, *plain))
    return path


@pytest.fixture
def safe_endpoint(server: LoopbackHub, authority: Path) -> Iterator[str]:
    """The hub over TLS."""
    server.add("lab/tiny-4bit", FOLDER, tags=("mlx",))
    over_tls = HTTPServer(("127.0.0.1", 0), hub_answers(server))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    over_tls.socket = context.wrap_socket(over_tls.socket, server_side=True)
    thread = threading.Thread(target=over_tls.serve_forever, args=(0.01,))
    thread.start()
    yield f"https://127.0.0.1:{over_tls.server_port}"
    over_tls.shutdown()
    over_tls.server_close()
    thread.join()


def test_an_authority_of_ones_own_is_trusted_when_it_is_named(
    make_hub: MakeHub, safe_endpoint: str, authority: Path
) -> None:
    there = {"HF_ENDPOINT": safe_endpoint}
    with pytest.raises(UserError, match="certificate of the other side is not trusted"):
        look(make_hub(environment=there), "lab/tiny-4bit")
    hub = make_hub(environment=there, way=lambda: Way(ca_file=str(authority)))
    assert look(hub, "lab/tiny-4bit").default.name == "tiny-4bit"


def test_speed_and_time_left_come_from_the_last_seconds() -> None:
    now_s = iter([0.0, 2.0, 20.0, 22.0, 28.0])
    pace = Pace(lambda: next(now_s))
    assert pace.step(5_000_000, 9_000_000).bytes_per_s is None  # of an earlier try
    assert pace.step(6_000_000, 9_000_000).time_left_s == 6
    pace.step(6_000_000, 9_000_000)
    step = pace.step(8_000_000, 9_000_000)
    assert (step.detail, step.time_left_s) == ("8.00 of 9.00 MB · 1.00 MB/s", 1)


def test_a_download_that_stands_still_says_so() -> None:
    now_s = iter([0.0, 9.0, 18.0])
    pace = Pace(lambda: next(now_s))
    for _ in range(3):
        step = pace.step(8_000_000, 9_000_000)
    assert (step.detail, step.time_left_s) == (
        "8.00 of 9.00 MB · nothing arrives at the moment",
        None,
    )


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        (Way(proxy="socks5://ann:secret@proxy.example"), "The proxy “socks5://proxy.example” cann"),
        (Way(ca_file="/nowhere/authority.pem"), "There are no certificates at /nowhere"),
    ],
)
def test_a_way_that_cannot_be_gone_is_told_before_anything_is_asked(
    make_hub: MakeHub, server: LoopbackHub, way: Way, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        look(make_hub(way=lambda: way))
    assert server.seen == []
