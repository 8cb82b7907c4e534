"""The bytes of a submitted notebook, of any age and encoding, read for what the grader needs of them."""

import codecs
import json
import re

from coursepkg.assignment.notebook import START_AGAIN, explain_json
from coursepkg.grading.outcome import Rejected
from coursepkg.grading.plain_text import keepable, printable

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LANGUAGES = ("python", "ipython", "")


def read_submitted(name, content, limits, notes):
    """Reads a notebook, leniently: a cell's kind, text, name and pictures; nothing else of it is believed.

    Args:
        name: str, the file's name, for messages.
        content: bytes.
        limits: `IntakeLimits`.
        notes: list of str, to which is added what its owner should know.

    Returns:
        `nbformat.NotebookNode` without outputs, its cells' metadata reduced to nbgrader's `grade_id`.

    Raises:
        Rejected: if it is no notebook.
    """
    import nbformat

    name = printable(name)
    data = _parse(name, content, limits, notes)
    cells = _cells_of(name, data)
    if len(cells) > limits.cells:
        raise Rejected(f"{name} has {len(cells):,} cells; at most {limits.cells:,} are read. {START_AGAIN}")
    kept = [_cell(name, index, cell) for index, cell in enumerate(cells)]
    code = sum(len(cell["source"]) for cell in kept if cell["cell_type"] == "code")
    if code > limits.code_characters:
        raise Rejected(
            f"{name} holds {code:,} characters of code; at most {limits.code_characters:,} are read. "
            "Data belongs into a file or is computed."
        )
    _remark_language(name, data, notes)
    return nbformat.from_dict({"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _parse(name, content, limits, notes):
    text, encoding, problem = _decode(name, content)
    if sum(map(text.count, "[{,")) > limits.values:
        raise Rejected(f"{name} holds too much to be read. Clear all outputs, save, and hand in again.")
    try:
        data = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        if problem and not text.lstrip().startswith("{"):
            raise Rejected(problem) from None
        raise Rejected(explain_json(name, text, error)) from None
    except RecursionError:
        raise Rejected(f"{name} is nested too deeply to be a notebook. {START_AGAIN}") from None
    except ValueError:  # Python reads no whole numbers of more than 4300 digits
        raise Rejected(f"{name} holds a number of thousands of digits. {START_AGAIN}") from None
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(
            f"{name} is not UTF-8 text, as notebooks are; it was read as {encoding}. If accents or symbols "
            "in your answers look wrong, save it as UTF-8."
        )
    return data


def _decode(name, content):
    """Tuple of the text, its encoding, and what to say if it turns out to be no text at all."""
    if not content:
        raise Rejected(f"{name} is empty: save the notebook and download it again.")
    if content.startswith(b"PK\x03\x04"):
        raise Rejected(f"{name} is a zip file under a notebook's name. Unpack it and hand in the notebook.")
    try:
        for mark, encoding in MARKS:
            if content.startswith(mark):
                return content.decode(encoding), encoding, ""
        return content.decode("utf-8"), "utf-8", ""
    except UnicodeDecodeError as error:
        problem = (
            f"{name} is not UTF-8 text (byte {error.start}): it was damaged or is another kind of file. "
            "Download it again."
        )
    try:
        return content.decode("cp1252"), "Windows-1252", problem
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1", problem


def _cells_of(name, data):
    if not isinstance(data, dict) or "nbformat" not in data:
        raise Rejected(f"{name} is JSON, but no Jupyter notebook: it has no 'nbformat' field. {START_AGAIN}")
    version = data["nbformat"]
    if version not in (3, 4) or isinstance(version, bool):
        raise Rejected(
            f"{name} is in notebook format {_short(version)}; formats 3 and 4 are read. "
            "Open it in JupyterLab or Colab and save it."
        )
    cells = data.get("cells")
    if version == 3:
        sheets = data.get("worksheets")
        cells = [
            cell
            for sheet in (sheets if isinstance(sheets, list) else [])
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(cells, list):
        raise Rejected(f"{name} breaks the notebook format: it has no list of cells. {START_AGAIN}")
    return cells


def _cell(name, index, cell):
    if not isinstance(cell, dict):
        raise Rejected(f"{name} breaks the notebook format: cell {index + 1} is no cell. {START_AGAIN}")
    kind = cell.get("cell_type")
    source = _text(cell.get("source", cell.get("input", "")))  # as format 3 calls the source of code
    if source is None:
        raise Rejected(
            f"{name} breaks the notebook format: cell {index + 1} has something other than text in it. "
            f"{START_AGAIN}"
        )
    if kind == "heading":  # of format 3
        level = cell.get("level")
        kind, source = "markdown", "#" * (level if level in range(1, 7) else 1) + " " + source
    new = {
        "cell_type": kind if kind in ("code", "markdown") else "raw",
        "id": f"cell-{index + 1}",
        "metadata": {},
        "source": source,
    }
    if new["cell_type"] == "code":
        new |= {"outputs": [], "execution_count": None}
    elif pictures := pictures_of(cell):
        new["attachments"] = pictures
    if grade_id := _grade_id(cell):
        new["metadata"] = {"nbgrader": {"grade_id": grade_id}}
    return new


def _short(value):
    return printable(str(value), 40) if isinstance(value, str | int | float) else type(value).__name__


def _text(source):
    if isinstance(source, list) and all(isinstance(part, str) for part in source):
        source = "".join(source)
    return keepable(source) if isinstance(source, str) else None


def _grade_id(cell):
    metadata = cell.get("metadata")
    metadata = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return keepable(grade_id[:200]) if isinstance(grade_id, str) else ""


def _remark_language(name, data, notes):
    metadata = data.get("metadata") if isinstance(data.get("metadata"), dict) else {}
    kernel, info = (
        part if isinstance(part, dict) else {}
        for part in (metadata.get("kernelspec"), metadata.get("language_info"))
    )
    language = kernel.get("language") or info.get("name") or ""
    if not isinstance(language, str) or language.lower() not in LANGUAGES:
        title = _short(kernel.get("display_name") or language)
        notes.append(
            f"{name} asks for the kernel '{title}'; the grader runs it with Python. Choose a Python kernel."
        )


def pictures_of(cell):
    """The pictures that are attached to a text cell; whatever else is attached is left out.

    Args:
        cell: dict, a cell of which nothing is believed.

    Returns:
        Dict from name to dict from MIME type to base64 text, as nbformat has them.
    """
    given = cell.get("attachments")
    kept = {}
    for name, bundle in (given if isinstance(given, dict) else {}).items():
        pictures = {
            kind: "".join(content.split())
            for kind, content in (bundle if isinstance(bundle, dict) else {}).items()
            if kind in IMAGES and isinstance(content, str)
        }
        pictures = {kind: content for kind, content in pictures.items() if _is_base64(content)}
        if pictures and isinstance(name, str) and re.fullmatch(r"[\w .()-]{1,100}", name):
            kept[name] = pictures
    return kept


def _is_base64(text):
    return re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text) is not None
