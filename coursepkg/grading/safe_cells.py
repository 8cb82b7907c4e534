"""Cells and outputs that come from a student's process, made such that no browser runs what they hold."""

import base64
import binascii
import re

from coursepkg.grading.plain_text import keepable, printed

MAX_OUTPUTS = 100  # of one cell
MAX_TEXT = 100_000  # characters of one output
MAX_PICTURE = 8_000_000  # characters of base64
SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
APART = "\u200b"  # a space without width: it parts what would be markup, and reads as nothing
TAG = re.compile(r"<(?=[A-Za-z/!?])")
LINK = re.compile(r"\](?=[(:\[])")
ATTACHED = re.compile(r"!\[([^\[\]()\\<>]*)\]\((attachment:[\w.()-]+)\)")
ACTIVE_TEX = re.compile(
    r"\\(?=href|style|class|cssId|require|html|data|includegraphics|unicode|bbox|mmlToken)"
)


def harmless_markdown(source, attachments=()):
    """Takes the markup out of a text that could load or run something, and leaves it readable.

    Raw HTML, links and pictures from elsewhere become what they are spelled as: a space without width stands
    between their characters. It works in every reader of Markdown, for it needs to understand none.

    Args:
        source: str, Markdown.
        attachments: collection of the names of attached pictures, which stay pictures.

    Returns:
        str, Markdown.
    """
    kept = []

    def keep(match):
        if match[2].removeprefix("attachment:") not in attachments:
            return match[0]
        kept.append(match[0])
        return f"\ue000{len(kept) - 1}\ue001"

    source = ATTACHED.sub(keep, re.sub("[\ue000\ue001]", "\ufffd", keepable(source)))
    source = TAG.sub(f"<{APART}", source)
    source = LINK.sub(f"]{APART}", source)
    source = ACTIVE_TEX.sub(f"\\\\{APART}", source)
    return re.sub("\ue000(\\d+)\ue001", lambda match: kept[int(match[1])], source)


def harmless_outputs(outputs):
    """Writes a cell's outputs anew: texts and pictures; whatever else a program displayed is shown as text.

    Args:
        outputs: list of outputs as nbformat has them, of which nothing is believed.

    Returns:
        List of dicts, valid outputs of nbformat 4.
    """
    safe = []
    for output in outputs if isinstance(outputs, list) else []:
        new = _harmless_output(output) if isinstance(output, dict) else None
        if new is not None:
            safe.append(new)
        if len(safe) == MAX_OUTPUTS:
            safe.append(_stream("stdout", f"[{len(outputs) - MAX_OUTPUTS} more outputs left out]\n"))
            break
    return safe


def _harmless_output(output):
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return _stream(name, printed(_joined(output.get("text")), MAX_TEXT))
    if kind in ("display_data", "execute_result"):
        data = _harmless_data(output.get("data"))
        if not data:
            return None
        new = {"output_type": kind, "data": data, "metadata": {}}
        return new | {"execution_count": None} if kind == "execute_result" else new
    if kind == "error":
        lines = output.get("traceback")
        return error_output(
            _joined(output.get("ename"))[:100],
            _joined(output.get("evalue"))[:5000],
            [_joined(line)[:5000] for line in (lines if isinstance(lines, list) else [])[:100]],
        )
    return None


def error_output(name, message, lines):
    """An error as a cell's output.

    Args:
        name: str, the exception's class.
        message: str.
        lines: list of str, the traceback.

    Returns:
        dict, an output of nbformat 4.
    """
    return {
        "output_type": "error",
        "ename": printed(name, 200),
        "evalue": printed(message, 10_000),
        "traceback": [printed(line, 10_000) for line in lines],
    }


def _stream(name, text):
    return {"output_type": "stream", "name": name, "text": text}


def _joined(text):
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _harmless_data(data):
    data = data if isinstance(data, dict) else {}
    safe = {}
    for kind in SIGNATURES:
        if picture := picture_of(kind, _joined(data.get(kind))):
            safe[kind] = picture
            break
    text = printed(_joined(data.get("text/plain")), MAX_TEXT)
    if not text and not safe:
        others = [kind for kind in data if isinstance(kind, str) and isinstance(data[kind], str | list)]
        text = "\n".join(
            f"[{printed(kind, 60)}, shown as text] {printed(_joined(data[kind]), 5000)}"
            for kind in others[:3]
        )
    if text:
        safe["text/plain"] = text
    return safe


def picture_of(kind, content):
    """A picture's base64 text, if it is one of the kind that it claims to be.

    Args:
        kind: str, a MIME type.
        content: str, base64.

    Returns:
        str, base64 without line ends, or an empty string.
    """
    if kind not in SIGNATURES or not content or len(content) > MAX_PICTURE:
        return ""
    content = "".join(content.split())
    try:
        start = base64.b64decode(content[:64], validate=True)
    except (binascii.Error, ValueError):
        return ""
    whole = re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", content) is not None
    return content if whole and start.startswith(SIGNATURES[kind]) else ""
