"""The process for studies: offers and lanes to close come in on standard input, measurements go out on standard output.
It ends when its input does.
"""

import logging
import os
import sys
import threading

from ganlab_desktop.engine.priority import lower_process
from ganlab_desktop.engine.stdio import claim_output, write_all

_SWITCH = 0.001  # seconds that one lane keeps the interpreter from another


def serve() -> None:
    """Serve the process that trains until it goes away."""
    output = claim_output()
    lower_process()
    sys.setswitchinterval(_SWITCH)
    import msgspec
    import numpy as np

    from ganlab_desktop.engine.lane import CloseLane, Imported, Lane, Measurement, Offer
    from ganlab_desktop.gan.data.contents import keep
    from ganlab_desktop.wire.framing import MARKER, Decoder, encode

    writing = threading.Lock()

    def tell(measured: Measurement) -> None:
        with writing:
            write_all(output, encode(measured))

    write_all(output, MARKER)
    lanes: dict[int, Lane] = {}
    decoder = Decoder(msgspec.msgpack.Decoder(Offer | CloseLane | Imported))
    while data := os.read(0, 1 << 20):
        for message in decoder.feed(data):
            if isinstance(message, Imported):
                keep(np.array(message.points.numpy()))
                continue
            if isinstance(message, CloseLane):
                if message.lane in lanes:
                    lanes.pop(message.lane).abandon()
                continue
            if message.lane not in lanes:
                lanes[message.lane] = Lane(tell)
            lanes[message.lane].post(message)


if __name__ == "__main__":
    try:
        serve()
    except Exception:
        logging.exception("the process for studies fails")
        os._exit(1)
    os._exit(0)  # whatever the lanes are at
