"""Keeps a worker generating with the lens on, for so many seconds, and throws the text away."""

from __future__ import annotations

import sys
import time

from models.cancel import CancelToken
from models.engine.messages import Generate, LoadSettings, Part, Sampling
from models.engine.pool import Pool
from models.long_work import result_of


def main() -> None:
    model, seconds = sys.argv[1], float(sys.argv[2])
    pool = Pool()
    lease = result_of(pool.lease(model, LoadSettings()))
    print("ready", flush=True)
    sys.stdin.readline()
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        cancel = CancelToken()
        prompt = (Part("Write a very long story about a lighthouse.\n"),)
        request = Generate("chat", prompt, Sampling(), max_tokens=400, lens_top=8)
        for _ in lease.engine.generate(request, cancel):
            if time.monotonic() >= ends_at:
                cancel.cancel()
    lease.release()
    pool.close()


if __name__ == "__main__":
    main()
