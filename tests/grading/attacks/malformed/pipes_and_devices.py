"""A named pipe, a socket, a device and a folder stand where files are expected; nobody waits for them."""

STATE = "rejected"
SAYS = r"pipe|folder|notebook"


def make(folder, write):
    import os
    import socket

    os.mkfifo(folder / "01-sequence-data.ipynb")
    os.mkfifo(folder / "timestamp.txt")
    (folder / "01-sequence-data (1).ipynb").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)
        server.bind("s")
        os.chdir(here)
    if os.getuid() == 0:
        os.mknod(folder / "zero.ipynb", 0o20666, os.makedev(1, 5))
