"""Windows line ends everywhere, a byte order mark, a name in capitals with a number behind it."""

WHOLE = True


def make(folder, write):
    def change(notebook):
        for cell in notebook["cells"]:
            cell["source"] = cell["source"].replace("\n", "\r\n")

    write(change)
    path = folder / "01-sequence-data.ipynb"
    (folder / "01-SEQUENCE-DATA (2).IPYNB").write_bytes(
        b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    )
    path.unlink()
