"""A limit on what the tests themselves may take, for a loop that never leaves this process."""

import contextlib
import signal
import threading
import time


class TooSlow(BaseException):
    """A test cell used up its time; no `except Exception` of a test catches it."""


@contextlib.contextmanager
def alarm(deadline):
    """Raises `TooSlow` inside the `with` block when a deadline passes, again and again until it is left.

    Outside the main thread nothing is raised: there only the limits on single answers hold.

    Args:
        deadline: `time.monotonic()` at which to raise.

    Yields:
        List that is empty until then, for whoever wants to know although the exception was caught.

    Raises:
        TooSlow: inside the block, wherever it is when the deadline passes.
    """
    rung = []
    if threading.current_thread() is not threading.main_thread():
        yield rung
        return
    armed = True

    def ring(number, frame):
        if armed:
            rung.append(True)
            raise TooSlow("the cell's time is over")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 0.001), 0.5)
    try:
        yield rung
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
