"""The Jupyter kernel inside the confinement; `coursepkg.grading.provisioner` starts it on the outside.

A kernel listens on five sockets. Inside the confinement there is no network and no folder that both sides
see, so the provisioner opens the five listening sockets and sends them here, with the kernel's settings.
"""

import array
import json
import os
import socket
import sys

MAX_SETTINGS = 2**20  # bytes
BOUNDED = ("stream", "display_data", "update_display_data", "execute_result")
INLINE = "module://matplotlib_inline.backend_inline"


def serve(channel):
    """Runs a kernel until it is told to shut down.

    Args:
        channel: socket, on which the provisioner sends the settings and the listening sockets.
    """
    settings, listeners = receive_settings(channel)
    channel.close()
    run_kernel(settings, listeners)


def send_settings(channel, settings, listeners):
    """Sends a kernel what it needs to start: the provisioner's half of `receive_settings`.

    Args:
        channel: socket, connected to the kernel.
        settings: dict that JSON can hold.
        listeners: dict from zmq address to a listening socket.
    """
    content = json.dumps({**settings, "addresses": list(listeners)}).encode()
    head = len(content).to_bytes(4, "big")
    socket.send_fds(channel, [head], [listener.fileno() for listener in listeners.values()])
    channel.sendall(content)


def receive_settings(channel):
    """Receives what `send_settings` sent.

    Args:
        channel: `socket.socket` to the provisioner.

    Returns:
        Tuple of the settings and a dict from zmq address to the file descriptor that listens there.

    Raises:
        ConnectionError: if the other side went away or sent something else.
    """
    head, ancillary, _, _ = channel.recvmsg(4, socket.CMSG_LEN(8 * array.array("i").itemsize))
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    length = int.from_bytes(head, "big")
    if len(head) != 4 or length > MAX_SETTINGS:
        raise ConnectionError("the settings of the kernel did not arrive")
    content = b""
    while len(content) < length:
        piece = channel.recv(length - len(content))
        if not piece:
            raise ConnectionError("the settings of the kernel stop in the middle")
        content += piece
    settings = json.loads(content)
    return settings, dict(zip(settings.pop("addresses"), descriptors, strict=True))


def run_kernel(settings, listeners):
    """Runs an IPython kernel on sockets that listen already.

    Args:
        settings: dict with `connection`, what a connection file holds; `arguments`, list of str for the
            kernel's command line; and `output_bytes`, what one cell may show.
        listeners: dict from zmq address to the file descriptor that listens there.
    """
    from ipykernel.kernelapp import IPKernelApp

    bind_to(listeners)
    connection_file = f"/tmp/kernel-{os.getpid()}.json"
    with open(connection_file, "w", encoding="utf-8", opener=_private) as file:
        json.dump(settings["connection"], file)
    os.environ["MPLBACKEND"] = INLINE
    app = IPKernelApp.instance()
    # The parent's number only keeps ipykernel from printing how to connect: 1 has nobody watched.
    app.initialize(
        ["-f", connection_file, "--IPKernelApp.parent_handle=1", "--HistoryManager.enabled=False"]
        + settings["arguments"]
    )
    os.unlink(connection_file)
    if "matplotlib.pyplot" in sys.modules:  # a warm parent imported it, for a process without a notebook
        app.shell.enable_matplotlib("inline")
    leave_out_floods(app, settings["output_bytes"])
    app.start()


def _private(path, flags):
    return os.open(path, flags, 0o600)


def bind_to(listeners):
    """Lets a zmq socket that binds to one of these addresses use the descriptor that listens there.

    Args:
        listeners: dict from zmq address to the file descriptor that listens there.

    Returns:
        `None`. `zmq.Socket.bind` is another function from here on.
    """
    import zmq

    original = zmq.Socket.bind

    def bind(self, address):
        descriptor = listeners.get(address)
        if descriptor is not None:
            self.setsockopt(zmq.USE_FD, descriptor)
        return original(self, address)

    zmq.Socket.bind = bind


def leave_out_floods(app, most):
    """Shows no more than `most` bytes of one cell's output, and says what is left out.

    This protects a notebook from a loop that prints. It is no wall: code in the kernel can take it down.

    Args:
        app: ipykernel's `IPKernelApp`, initialized.
        most: int, bytes.
    """
    send = app.iopub_thread.send_multipart
    used = {"bytes": 0, "told": False}

    def start_anew(*_):
        used.update(bytes=0, told=False)

    def say(text, parent, name="stdout"):
        message = app.session.msg("stream", {"name": name, "text": text}, parent)
        send(app.session.serialize(message))

    def send_if_it_fits(message, *arguments, **keywords):
        kind, parent, content = _read(message)
        if kind not in BOUNDED:
            send(message, *arguments, **keywords)
            return
        left = most - used["bytes"]
        used["bytes"] += sum(len(part) for part in message)
        if used["bytes"] <= most:
            send(message, *arguments, **keywords)
        elif not used["told"]:
            used["told"] = True
            if kind == "stream" and left > 0:
                say(json.loads(content)["text"][:left], parent, json.loads(content)["name"])
            say(f"\n[The rest of this cell's output is left out: it is more than {most:,} bytes.]\n", parent)

    app.iopub_thread.send_multipart = send_if_it_fits
    app.shell.events.register("pre_run_cell", start_anew)


def _read(message):
    """The type of a message in its parts, the header of the request it belongs to, and its unread content."""
    from jupyter_client.session import DELIM

    try:
        start = message.index(DELIM) + 2  # a signature stands between
        header, parent, _, content = (bytes(part) for part in message[start : start + 4])
        return json.loads(header)["msg_type"], json.loads(parent), content
    except (ValueError, KeyError, TypeError):
        return "", {}, b""


if __name__ == "__main__":
    sys.exit(
        "This kernel runs only confined, and your Jupyter started it without its provisioner "
        "'coursepkg-confined'. Install the course's package with the extra [grading] where Jupyter runs."
    )
