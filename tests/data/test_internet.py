"""Downloads against a web server of our own: what arrives is checked, kept, and never half there."""

import functools
import hashlib
import http.server
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from coursepkg.data import DownloadError, cache_folder, download, internet, list_datasets, load


class Requests(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and remembers what was asked for."""

    seen: list

    def do_GET(self):
        self.seen.append(self.path)
        super().do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A web server in place of GitHub; `server.put` publishes a file and makes it one of the registry's."""
    root, cache = tmp_path / "web", tmp_path / "cache"
    root.mkdir()
    handler = type("Handler", (Requests,), {"seen": []})
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(root)))
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("COURSEPKG_DATA", str(cache))
    monkeypatch.setattr(download, "ORIGIN", f"http://127.0.0.1:{web.server_port}")

    def put(name, content, **changes):
        remote = download.RemoteFile(
            name=name,
            repository="someone/something",
            commit="0" * 40,
            path=name,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        published = root / remote.repository / remote.commit / remote.path
        published.parent.mkdir(parents=True, exist_ok=True)
        published.write_bytes(content)
        remote = download.RemoteFile(**{**vars(remote), **changes})
        monkeypatch.setitem(internet.FILES, name, remote)
        return remote

    web.put, web.cache, web.seen, web.root = put, cache, handler.seen, root
    yield web
    web.shutdown()
    web.server_close()
    thread.join()


def everything_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_downloaded_once_and_kept(server, capsys):
    remote = server.put("names/names.txt", b"emma\nolivia\nava\n")
    assert load("names").text == "emma\nolivia\nava\n"
    assert load("names").text == "emma\nolivia\nava\n"
    assert server.seen == [f"/someone/something/{'0' * 40}/names/names.txt"]
    assert everything_in(server.cache) == [server.cache / remote.name]
    printed = capsys.readouterr()
    assert printed.out == "Downloaded names.txt (0.0 MB)\n", "one line where a line cannot be rewritten"
    assert printed.err == "", "a notebook shows the error stream in red"


def test_progress_is_shown_on_a_terminal(server, capsys, monkeypatch):
    remote = server.put("big/file.bin", os.urandom(3 * download.CHUNK + 5))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    download.fetch(remote)
    steps = capsys.readouterr().out.replace("\r", "\n").split("\n")
    shown = [int(step.split(":")[1].split("%")[0]) for step in steps if step]
    assert shown == sorted(shown) and shown[-1] == 100 and len(shown) >= 4


def test_a_folder_laid_out_as_the_cache_is_used_without_a_download(server):
    remote = server.put("timemachine/timemachine.txt", b"The Time Traveller (for so it\nwill be)\n")
    place = server.cache / remote.name
    place.parent.mkdir(parents=True)
    place.write_bytes((server.root / "someone/something" / ("0" * 40) / remote.path).read_bytes())
    place.chmod(0o444)
    assert load("time-machine").text == "the time traveller for so it will be "
    assert load("time-machine", letters_only=False).text.startswith("The Time Traveller (for")
    assert server.seen == []


def test_a_wrong_file_in_the_folder_is_never_used(server):
    remote = server.put("names/names.txt", b"emma\n")
    place = server.cache / remote.name
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mallory\n")
    with pytest.raises(
        DownloadError, match=rf"names.txt is not the file.*should be {remote.sha256}.*Delete it"
    ):
        load("names")
    assert place.read_bytes() == b"mallory\n", "it is not ours to delete"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sha256": "f" * 64}, "the SHA-256 of the answer is"),
        ({"size": 3}, "longer than the 3 bytes expected"),
        ({"size": 99}, "ended after 5 of 99 bytes"),
        ({"path": "nowhere.txt"}, "HTTP Error 404"),
    ],
)
def test_a_wrong_answer_leaves_nothing_behind(server, changes, reason):
    remote = server.put("names/names.txt", b"emma\n", **changes)
    with pytest.raises(DownloadError) as raised:
        load("names")
    message = str(raised.value)
    assert reason in message
    assert everything_in(server.cache) == []
    # What a person without internet needs: the address, the checksum, the place, the other way.
    for needed in (remote.address, remote.sha256, str(server.cache / remote.name), "COURSEPKG_DATA"):
        assert needed in message


def test_no_server_at_all_says_the_same(server, monkeypatch):
    remote = server.put("names/names.txt", b"emma\n")
    monkeypatch.setattr(download, "ORIGIN", "http://127.0.0.1:9")  # the discard port: nobody listens
    with pytest.raises(OSError, match=r"Could not download names.txt") as raised:
        load("names")
    assert remote.sha256 in str(raised.value) and str(server.cache) in str(raised.value)


def test_an_interrupted_download_leaves_nothing_behind(server, monkeypatch):
    remote = server.put("names/names.txt", b"emma\n")

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "_show_progress", interrupt)
    with pytest.raises(KeyboardInterrupt):
        download.fetch(remote)
    assert everything_in(server.cache) == []


def test_a_folder_that_cannot_be_made_says_so(server, tmp_path, monkeypatch):
    server.put("names/names.txt", b"emma\n")
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("COURSEPKG_DATA", str(tmp_path / "a-file"))
    with pytest.raises(DownloadError, match=r"Could not download names.txt"):
        load("names")


def test_the_downloaded_file_can_be_read_by_others(server):
    remote = server.put("names/names.txt", b"emma\n")
    assert download.fetch(remote).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "{}/xdg"}, "{}/xdg/coursepkg"),
        ("linux", {}, "{}/.cache/coursepkg"),
        ("darwin", {}, "{}/Library/Caches/coursepkg"),
        ("win32", {"LOCALAPPDATA": "{}/local"}, "{}/local/coursepkg"),
        ("linux", {"COURSEPKG_DATA": "{}/mine"}, "{}/mine"),
        ("linux", {"COURSEPKG_DATA": "~/mine"}, "{}/mine"),
    ],
)
def test_the_cache_folder_follows_the_platform_and_the_variable(
    tmp_path, monkeypatch, platform, variables, expected
):
    for variable in ("COURSEPKG_DATA", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value.format(tmp_path))
    monkeypatch.setattr(download.sys, "platform", platform)
    assert cache_folder() == Path(expected.format(tmp_path))


def test_every_file_is_pinned():
    for name, remote in internet.FILES.items():
        assert remote.name == name
        assert len(remote.commit) == 40 and len(remote.sha256) == 64 and remote.size > 0
        int(remote.commit, 16), int(remote.sha256, 16)
        assert (
            remote.address
            == f"https://raw.githubusercontent.com/{remote.repository}/{remote.commit}/{remote.path}"
        )
    assert sum(item.kind == "internet" for item in list_datasets()) == len(internet.LOADERS)


def test_pronunciations_are_parsed(server):
    server.put(
        "cmudict/cmudict.dict",
        b"'bout B AW1 T\nlead L EH1 D\nlead(2) L IY1 D\nd'or D AO1 R # foreign french\n",
    )
    record = load("pronunciations")
    assert record.sources == ["'bout", "lead", "d'or"]
    assert record.targets == ["B AW1 T", "L EH1 D", "D AO1 R"]
    assert load("pronunciations", variants=True).targets[2] == "L IY1 D"


def test_beijing_air_is_parsed(server):
    server.put(
        "pollution/pollution.csv",
        b"No,year,month,day,hour,pm2.5,DEWP,TEMP,PRES,cbwd,Iws,Is,Ir\n"
        b"1,2010,1,1,0,NA,-21,-11,1021,NW,1.79,0,0\n2,2010,1,1,1,129,-20,-12,1020,NW,4.92,0,1\n",
    )
    record = load("beijing-air")
    np.testing.assert_array_equal(
        record.values, [[np.nan, -21, -11, 1021, 1.79, 0, 0], [129, -20, -12, 1020, 4.92, 0, 1]]
    )
    assert record.index.tolist() == np.array(["2010-01-01T00", "2010-01-01T01"], "datetime64[h]").tolist()


def test_nab_labels_the_steps_inside_its_windows(server):
    rows = "".join(f"2014-07-01 {hour:02}:00:00,{hour}\n" for hour in range(6))
    server.put("nab/nyc_taxi.csv", f"timestamp,value\n{rows}".encode())
    windows = '[["2014-07-01 01:00:00.000000", "2014-07-01 03:00:00.000000"]]'
    server.put("nab/combined_windows.json", f'{{"realKnownCause/nyc_taxi.csv": {windows}}}'.encode())
    record = load("nab")
    assert record.labels.tolist() == [0, 1, 1, 1, 0, 0]
    assert record.values[:, 0].tolist() == [0, 1, 2, 3, 4, 5]


def test_piano_rolls_are_parsed(server, tmp_path):
    from scipy.io import savemat

    parts = {}
    for size, part in ((3, "traindata"), (1, "validdata"), (2, "testdata")):
        cells = np.empty((1, size), dtype=object)
        for number in range(size):
            cells[0, number] = np.eye(4 + number, 88, dtype=np.uint8)
        parts[part] = cells
    savemat(tmp_path / "rolls.mat", parts)
    server.put("tcn_poly_music/JSB_Chorales.mat", (tmp_path / "rolls.mat").read_bytes())
    record = load("jsb-chorales")
    assert [len(record.train), len(record.validation), len(record.test)] == [3, 1, 2]
    np.testing.assert_array_equal(record.train[2], np.eye(6, 88))
    assert record.train[0].dtype == np.float64
