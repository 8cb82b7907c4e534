"""A timestamp that is none: huge, hostile and in the far future."""


def make(folder, write):
    write()
    (folder / "timestamp.txt").write_text("99999-99-99 \x00<script>alert(1)</script> {{ 7 * 7 }}\n" * 10_000)
