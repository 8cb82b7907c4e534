"""Pages and tables that an instructor opens: nothing that a student wrote runs in them."""

import base64
import csv
import hashlib
import html
import io
import os
import re
import tempfile
from pathlib import Path

# Readable at 375 pixels, light and dark; wide tables and code scroll inside themselves.
STYLE = """
:root { color-scheme: light dark; --ink: #222; --page: #fff; --quiet: #595959; --line: #c8c8c8;
  --mark: #ffe28a; --panel: #f5f5f5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --page: #181818; --quiet: #a8a8a8;
  --line: #4a4a4a; --mark: #6b5300; --panel: #242424; }
  svg { filter: invert(1) hue-rotate(180deg); } }
body { color: var(--ink); background: var(--page); font: 16px/1.5 system-ui, sans-serif; max-width: 70rem;
  margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } p { max-width: 42rem; }
figure { margin: 1rem 0; } svg { width: 100%; max-width: 36rem; height: auto; display: block; }
figcaption, .quiet { color: var(--quiet); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .94rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text { min-width: 16rem; }
details { border-top: 1px solid var(--line); padding: .5rem 0; } summary { cursor: pointer; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: .8rem; }
.sides > div { min-width: 0; }
pre { background: var(--panel); overflow-x: auto; padding: .6rem; margin: .2rem 0 1rem;
  font-size: .82rem; line-height: 1.4; }
mark { background: var(--mark); color: inherit; }
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No scripts, no requests, no forms, and no styles but the one above.
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


def escape(text):
    """Words a text so that HTML shows it as it is.

    Args:
        text: any value; its `str` counts.

    Returns:
        str, with replacement characters for control characters.
    """
    return html.escape(re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", str(text)))


def page(title, body):
    """Makes a whole page that needs nothing else.

    Args:
        title: str, plain text.
        body: list of str, HTML.

    Returns:
        str.
    """
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>",
            f"<h1>{escape(title)}</h1>",
            *body,
            "</main></body></html>",
            "",
        ]
    )


def table(columns, rows, most=200, rest=""):
    """Makes an HTML table of plain values.

    Args:
        columns: list of str, the headings; one that begins with `#` stands over numbers.
        rows: list of tuples of str or numbers, escaped here.
        most: int, how many rows are shown.
        rest: str, where to find the others.

    Returns:
        str, HTML.
    """

    def cell(tag, column, value):
        kind = "number" if column.startswith("#") else "text" if len(str(value)) > 40 else ""
        return f'<{tag} class="{kind}">{escape(value)}</{tag}>' if kind else f"<{tag}>{escape(value)}</{tag}>"

    head = "".join(cell("th", column, column.removeprefix("#")) for column in columns)
    body = [
        "<tr>" + "".join(cell("td", c, value) for c, value in zip(columns, row, strict=True)) + "</tr>"
        for row in rows[:most]
    ]
    more = f"<p>And {len(rows) - most:,} more; {escape(rest)}</p>" if len(rows) > most else ""
    # A region that scrolls must be reachable by keyboard.
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(columns[0].removeprefix("#"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{more}"
    )


def drawing(figure, alt, caption, name):
    """Puts a matplotlib figure into a page as SVG, without the inline styles that the page's policy forbids.

    Args:
        figure: matplotlib `Figure`; it is closed.
        alt: str, what the figure shows.
        caption: str, plain text.
        name: str, letters only, different for each figure of a page.

    Returns:
        str, HTML.
    """
    import matplotlib.pyplot as plt

    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=nothing)
    plt.close(figure)
    svg = buffer.getvalue()
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'style="([^"]*)"', _as_attributes, svg)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", svg)
    described = f'<svg role="img" aria-label="{escape(alt)}" stroke-linejoin="round" '
    return f"<figure>{svg.replace('<svg ', described, 1)}<figcaption>{escape(caption)}</figcaption></figure>"


def _as_attributes(match):
    """SVG knows each property that matplotlib writes into `style` as an attribute too."""
    pairs = (part.split(":", 1) for part in match[1].split(";") if ":" in part)
    return " ".join(f'{key.strip()}="{value.strip()}"' for key, value in pairs)


def csv_text(columns, rows):
    """Writes a table as CSV that a spreadsheet cannot take for formulas.

    Args:
        columns: list of str.
        rows: list of tuples; a text that a spreadsheet would calculate begins with an apostrophe afterwards.

    Returns:
        str.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([harmless(value) for value in row] for row in rows)
    return buffer.getvalue()


def harmless(value):
    """Makes a value harmless for a spreadsheet, which would calculate some texts.

    Args:
        value: any value; its `str` counts, unless it is a number or `None`.

    Returns:
        A number or `None` as it is, else a str; one that would be calculated begins with an apostrophe.
    """
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return "'" + text if re.match(r"\s*[=+\-@＝＋－＠|%]|[\t\r\n]", text) else text


class OutputProblem(Exception):
    """A file cannot be written where it was asked for; the message is for the instructor."""


def write_whole(path, text):
    """Writes a file so that a reader sees the old one or the new one, and nothing between.

    Args:
        path: path of the file; its folder is made.
        text: str.

    Raises:
        OutputProblem: if that is no place where a file can be written.
    """
    path = Path(path)
    try:
        _write_whole(path, text)
    except OSError as error:
        raise OutputProblem(_why_not_written(path, error)) from error


def _why_not_written(path, error):
    if os.path.isdir(path):
        return f"{path} is a folder: expected the name of a file to write."
    above = next((one for one in path.parents if os.path.lexists(one)), path.parent)
    if os.path.lexists(above) and not os.path.isdir(above):
        return f"{path} cannot be written: {above} is no folder. Expected a folder there, or nothing yet."
    return f"{path} cannot be written: {error.strerror}. Expected a place where files can be written."


def _write_whole(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)  # mkstemp's files are for their owner alone
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
