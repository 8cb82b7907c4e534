"""A zip file whose names lead out of it, which holds links and a bomb; the notebook in it is graded."""

SAYS = r"leads out|link|times as large"


def make(folder, write):
    import zipfile

    write()
    path = folder / "01-sequence-data.ipynb"
    with zipfile.ZipFile(folder / "mine.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "01-sequence-data.ipynb")
        for name in (
            "../../../ada/01-sequence-data/01-sequence-data.ipynb",
            "/tmp/written",
            "C:\\written",
            "..\\..\\gradebook.db",
            "a/../../b",
        ):
            archive.writestr(name, "written")
        link = zipfile.ZipInfo("linked.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.csv", bytes(60_000_000))
    path.unlink()
