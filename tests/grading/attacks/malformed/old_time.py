"""A submission of 1999, by its timestamp; it is late for nothing and graded as any other."""


def make(folder, write):
    write()
    (folder / "timestamp.txt").write_text("1999-12-31 23:59:59 UTC\n")
