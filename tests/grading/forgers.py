"""Student's processes that do not answer as they should; each breaks the protocol in one small way."""

import os
import time

import numpy as np

from coursepkg.grading.limits import Limits
from coursepkg.grading.wire import HEAD, MAGIC, Connection, WireError

FORGERS = {}
HONEST = ("begin", "run", "set name")


def forger(reply):
    """Makes a process that runs no cell, and answers every other question with `reply`."""

    def serve(connected):
        connection = Connection(connected, Limits())
        while True:
            try:
                message, _ = connection.receive()
            except WireError:
                return
            if message.get("do") in HONEST:
                connection.send({"to": message["number"], "value": None})
            else:
                reply(connection, message)

    FORGERS[reply.__name__] = globals()[f"serve_{reply.__name__}"] = serve
    return reply


def value_of(content, arrays=()):
    """A reply that says that this is the value."""

    def reply(connection, message):
        connection.send({"to": message["number"], "value": content}, arrays)

    return reply


def found(content):
    """A value that stands for a name, as the examiner asks for it."""
    return {"dict": [["found", content]]}


def handle(**content):
    """A reference to an object, with some entries forged."""
    return {"handle": 7, "type": "Answer", "can": ["call"], "claims": [], "name": "f", **content}


def name_then(content, arrays=()):
    """A reply that first gives out a callable, and then what it is to return."""

    def reply(connection, message):
        if message["do"] == "name":
            connection.send({"to": message["number"], "value": found(handle())})
        else:
            connection.send({"to": message["number"], **content}, arrays)

    return reply


@forger
def answers_another_question(connection, message):
    connection.send({"to": message["number"] + 1, "value": found(1)})


@forger
def answers_no_question(connection, message):
    connection.send({"value": found(1)})


@forger
def answers_twice(connection, message):
    for _ in range(2):
        connection.send({"to": message["number"], "value": found(handle())})


@forger
def sends_noise(connection, message):
    connection.socket.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 20)


@forger
def announces_much(connection, message):
    connection.socket.sendall(HEAD.pack(MAGIC, connection.sent, 2**50, 0))


@forger
def announces_more_than_it_sends(connection, message):
    connection.socket.sendall(HEAD.pack(MAGIC, connection.sent, 1000, 0) + b"[")


@forger
def drips(connection, message):
    content = HEAD.pack(MAGIC, connection.sent, 10_000, 0) + b"[" * 10_000
    for place in range(200):
        connection.socket.sendall(content[place : place + 1])
        time.sleep(0.05)


@forger
def hangs_up(connection, message):
    connection.close()
    time.sleep(5)


@forger
def ends(connection, message):
    os._exit(0)


@forger
def never_answers(connection, message):
    time.sleep(30)


@forger
def repeats_a_frame(connection, message):
    connection.send({"to": message["number"], "value": found(handle())})
    connection.sent -= 1


@forger
def answers_with_a_list(connection, message):
    connection.send([1, 2])


@forger
def claims_that_it_wrote_nothing(connection, message):
    connection.send({"to": message["number"]})


@forger
def calls_what_it_was_never_given(connection, message):
    connection.send({"call": 1, "arguments": [], "keywords": {"dict": []}})


@forger
def calls_without_end(connection, message):
    if message["do"] == "name":
        connection.send({"to": message["number"], "value": found(handle())})
        return
    while True:
        connection.send({"call": 1, "arguments": [], "keywords": {"dict": []}})
        connection.receive()


@forger
def lengthens_its_list(connection, message):
    if message["do"] == "name":
        connection.send({"to": message["number"], "value": found(handle(can=["length", "item", "iterate"]))})
    elif message["do"] == "length":
        connection.send({"to": message["number"], "value": 2**62})
    else:
        connection.send({"to": message["number"], "value": 1})


@forger
def makes_a_table_whose_keys_all_clash(connection, message):
    if message["do"] == "name":
        connection.send({"to": message["number"], "value": found(handle())})
        return
    hashed_as_zero = (format(number * (2**61 - 1), "x") for number in range(5, 60_005))
    pairs = [[{"integer": digits}, 0] for digits in hashed_as_zero]
    connection.send({"to": message["number"], "value": {"dict": pairs}})


for _name, _reply in {
    "an_array_that_did_not_come": name_then({"value": {"array": 5}}),
    "one_array_many_times": name_then({"value": [{"array": 0}] * 50}, [np.zeros(1000)]),
    "a_value_nested_deeply": name_then({"value": eval("[" * 90 + "]" * 90)}),
    "an_unknown_kind": name_then({"value": {"pickle": "cos\nsystem\n(S'true'\ntR."}}),
    "a_handle_without_number": name_then({"value": {"handle": None, "type": "A", "can": [], "claims": []}}),
    "a_handle_of_nothing": name_then({"value": handle(handle=2**52, can=[], claims=["os:system"])}),
    "a_handle_that_can_everything": name_then(
        {"value": handle(can=["__eq__", "eval"] * 1000, type="x" * 500)}
    ),
    "not_a_number": name_then({"value": float("nan")}),
    "always_true": name_then({"value": handle(handle=8, can=["truth", "float", "int", "array", "length"])}),
    "an_error_without_class": name_then({"error": {"message": "x"}}),
    "an_error_that_is_text": name_then({"error": "AssertionError"}),
    "an_error_called_as_ours": name_then(
        {"error": {"class": "StudentStopped", "message": "x", "bases": ["BaseException"], "frames": [[1]]}}
    ),
    "an_error_that_ends_us": name_then(
        {"error": {"class": "SystemExit", "message": "0", "bases": [], "arguments": [0], "frames": []}}
    ),
    "an_error_of_ours_that_was_not": name_then(
        {"error": {"ours": 1, "class": "E", "message": "", "bases": []}}
    ),
    "an_error_made_of_a_function": name_then(
        {"error": {"made": handle(), "class": "E", "message": "", "bases": []}}
    ),
    "changes_of_its_own": name_then({"value": 3, "changed": "nothing"}),
    "outputs_of_its_own": name_then(
        {
            "value": 2,
            "outputs": [
                {"output_type": "display_data", "data": {"text/html": "<script>x</script>", "text/plain": 7}},
                {"output_type": "display_data", "data": {"image/png": "AAAA", "text/plain": "kept"}},
                {"output_type": "stream", "name": "stdout", "text": ["no", "text"]},
                {"output_type": "stream", "name": "other", "text": "no stream"},
                {"output_type": "execute_result", "data": {"text/plain": "1.0"}, "execution_count": "x"},
                "nothing",
                {"output_type": "error", "ename": 1, "evalue": 2, "traceback": 3},
            ],
        }
    ),
}.items():
    _reply.__name__ = _name
    forger(_reply)
