"""Work is left for later: exit handlers, finalizers, timers, signals, slow destructors, a thread that is no daemon."""

LIMITS = {"cell_seconds": 5.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import atexit
import signal
import threading
import time
import weakref

atexit.register(time.sleep, 600)
threading._register_atexit(time.sleep, 600)
threading.Thread(target=time.sleep, args=(600,)).start()


class Slow:
    def __del__(self):
        time.sleep(600)


kept = Slow()
weakref.finalize(kept, time.sleep, 600)
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
