"""The door and the gate: what keeps Assay's processes on this machine, and what lets one act out.

**The door** refuses everything but loopback, in every process, for good (`install_door`, first
thing in `main`; children that speak the wire get it from `Wire.of_process`). It also takes the
configured proxies out of the environment: a proxy on loopback leads off this machine too.

**The gate** (`services.gate`) is asked before anything goes out. Turning sealed mode off lets acts
through without a question; what no act asked for stays refused all the same.

    with gate.act("Download Qwen2.5 0.5B", "huggingface.co", on_shut=child.kill) as open_for:
        ...                                    # this thread's door is open; listed with its reason;
                                               # a child opens its own with the words `open_for`

    open_for = gate.permit("Use llama3 at lab.example", "https://lab.example:8000/v1")
    Connection(address, token, open_for)       # the worker opens its door with them

Both take a host or an address (URL), and an act's thread looks up no other host. Programs that
ask Assay's server need a leave of their own (`Servers.permit_program`): a yes to the user's act is
none to them. Both do nothing for loopback, and raise `Sealed` (a UserError
with its `act`) while Assay is sealed. The window then offers one visible act: it calls
`gate.allow_once(error.act)` and does the same thing again; `Page.show_error(error, again=…)` shows
the button for it. On the command line `--open-door` lets the acts of one command out
(`app/cli/door.py`).

Loopback is not always local. Name the true host where a server on this machine goes out for us:

    gate.act("Pull llama3.2:1b", "registry.ollama.ai")            # Ollama downloads it
    gate.permit("Use gpt-oss:120b-cloud", "ollama.com")           # an entry that runs elsewhere

**Proxies.** Nothing of ours reads HTTP(S)_PROXY, ALL_PROXY or the system's settings by itself:
the door has put them aside and set NO_PROXY to "*". Clients are still made with `trust_env=False`.
Inside an act `gate.proxies()` gives them ({"https": "http://…", "no": "lab.example"}, the last
what NO_PROXY said), to be handed on explicitly; a
child that exists for one act calls `wire.door.open_process(reason, proxies)`.

When the user seals Assay again, running acts are shut: their doors close, `on_shut` is called (end
the child, cancel the job), and workers with an `open_for` are ended.
"""

from models.network.attempts import Attempt, Ledger
from models.network.door import Door, Refused, install_door
from models.network.gate import Act, Gate, Sealed
from models.network.hosts import host_of, is_loopback

__all__ = [
    "Act",
    "Attempt",
    "Door",
    "Gate",
    "Ledger",
    "Refused",
    "Sealed",
    "host_of",
    "install_door",
    "is_loopback",
]
