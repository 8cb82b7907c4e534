"""The network is tried: a server on the machine's loopback, Unix sockets, names, raw and virtual-machine sockets."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import socket

for family, address in (
    (socket.AF_INET, ("127.0.0.1", int("@PORT@"))),
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_UNIX, "\0@SOCKET@"),
    (socket.AF_UNIX, "@OUTSIDE@/socket"),
    (40, (2, 1234)),
):
    try:
        with socket.socket(family, socket.SOCK_STREAM) as client:
            client.settimeout(0.5)
            client.connect(address)
            print("LEAK" + "ED", address, client.recv(100))
    except OSError as error:
        print(family, error)
try:
    print("LEAK" + "ED", socket.gethostbyname("example.org"))
except OSError as error:
    print(error)
for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
    try:
        with socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP) as client:
            client.sendto(b"x", ("192.0.2.1", 1))
            print("LEAK" + "ED", kind)
    except OSError as error:
        print(error)
