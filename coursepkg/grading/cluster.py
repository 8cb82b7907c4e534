"""Workers on a Dask cluster, each of which grades in a process beside it.

No code of a student ever runs in a Dask worker, or in a process that could reach its memory.
"""

import os
import subprocess
import sys
import time

from coursepkg.grading.order import LEASE_SECONDS, Trouble, single_threaded, worker_name

STOP_POLL_SECONDS = 1.0
STOP_SECONDS = 10.0  # in which the cluster gives back what it holds
WITH_PORT = ("tcp", "tls", "ws", "wss")


def check_address(address):
    """Sees that an address can be a scheduler's; a `Client` tries one that cannot for half a minute.

    Args:
        address: str, such as `"tcp://host:8786"`.

    Raises:
        Trouble: if it cannot.
    """
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import get_backend

    try:
        scheme, location = parse_address(address, strict=True)
        get_backend(scheme)
        if scheme in WITH_PORT:
            host, port = parse_host_port(location)
            if not host or not 0 < port < 2**16:
                raise ValueError(f"no host and port in {location!r}")
    except ValueError as error:
        raise Trouble(
            f"{address!r} is not the address of a Dask scheduler ({error}). Expected the one that `dask "
            "scheduler` prints, such as tcp://host:8786."
        ) from error


class ClusterPool:
    """Workers of a Dask cluster, each of which starts a grading process beside itself.

    The course folder must be the same on all machines: a file system that they share.

    Args:
        order: `Order`.
        address: str, the scheduler's, such as `"tcp://host:8786"`.
        most: int, how many submissions at the same time; `None` takes all the cluster's threads.

    Raises:
        Trouble: if the scheduler does not answer.
    """

    def __init__(self, order, address, most=None):
        from distributed import Client, Event

        self.order = order
        self.address = address
        self.most = most
        self.futures = {}  # name -> future
        self.started = 0
        try:
            self.client = Client(address, timeout=LEASE_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise Trouble(
                f"No Dask scheduler answers at {address} ({error}). Start one with `dask scheduler`, and "
                "give the address that it prints, such as tcp://host:8786."
            ) from error
        self.stop_event = f"coursepkg-stop-{worker_name()}"
        self.event = Event(self.stop_event, client=self.client)

    def hosts(self):
        """Returns the set of machines that the cluster's workers run on."""
        return {address.rpartition(":")[0] for address in self._answer(self.client.nthreads)}

    def top_up(self, waiting):
        """Submits a task for each submission that waits, up to the number of the cluster's threads.

        Args:
            waiting: int, submissions that nobody has.
        """
        threads = sum(self._answer(self.client.nthreads).values())
        for _ in range(min((self.most or threads) - len(self.futures), threads - len(self.futures), waiting)):
            self.started += 1
            name = f"{self.stop_event}-{self.started}"
            self.futures[name] = self.client.submit(
                attend, self.order.to_json(), self.stop_event, key=name, pure=False, retries=0
            )

    def ended(self, seconds):
        """Waits a while, then tells which tasks have ended.

        Args:
            seconds: float.

        Returns:
            List of tuples: the name of a task that has ended, and why it did; "" if it found nothing left.

        Raises:
            Trouble: if the scheduler is gone, or a worker says that grading cannot go on.
        """
        time.sleep(seconds)
        if self.client.status not in ("running", "connecting"):
            raise Trouble(f"The Dask scheduler at {self.address} is gone. What is not graded stays queued.")
        gone = [name for name, future in self.futures.items() if future.done()]
        return [(name, _result(self.futures.pop(name))) for name in gone]

    def stop(self):
        """Asks all workers to give back what they hold, and waits a while for them.

        Returns:
            List, empty: the workers give back by themselves, or their leases run out.
        """
        try:
            if self.client.status == "running" and self.futures:
                self.event.set()
                deadline = time.monotonic() + STOP_SECONDS
                while time.monotonic() < deadline and not all(one.done() for one in self.futures.values()):
                    time.sleep(0.1)
        except Exception as error:  # the cluster is going down as well: leases run out by themselves
            sys.stderr.write(f"The cluster was not told to stop: {error}\n")
        finally:
            self.futures.clear()
            self.client.close(timeout=STOP_SECONDS)
        return []

    def _answer(self, question):
        try:
            return question()
        except Exception as error:
            raise Trouble(
                f"The Dask scheduler at {self.address} does not answer ({error}). What is not graded stays "
                "queued."
            ) from error


def _result(future):
    if future.status != "finished":
        return f"A task of the Dask cluster was lost: {future.status}."
    said, code = future.result()
    if said:
        raise Trouble(said)
    return f"A grading process ended with exit code {code}; the Dask worker's log says more." if code else ""


def attend(order, stop_event):
    """What a Dask worker runs: starts a grading process and waits until it finds nothing left.

    Args:
        order: str, from `Order.to_json`.
        stop_event: str, name of the `distributed.Event` that is set when the run is to stop.

    Returns:
        Tuple: str, why grading cannot go on, empty if it can; int, the process's exit code.
    """
    from distributed import Event

    single_threaded()
    command = [sys.executable, "-m", "coursepkg.grading.worker", str(os.getpid())]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        process.stdin.write(order)
        process.stdin.close()
        event = Event(stop_event)
        while process.poll() is None:
            try:
                process.wait(STOP_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if event.is_set():
                    process.terminate()
        return process.stdout.read().strip(), process.returncode
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(LEASE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
