"""MyST Markdown as the plain Markdown that every notebook front end shows."""

import ast
import os
import re
from functools import cached_property
from pathlib import Path

FENCE = re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}[ \t]*(?P<argument>.*)$")
PLAIN_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^`]*$")
OPTION = re.compile(r"^:(?P<key>[\w-]+):[ \t]*(?P<value>.*)$")
LABEL = re.compile(r"^\((?P<label>[^()\s]+)\)=\s*$")
ROLE = re.compile(r"\{(?P<role>[\w:]+)\}`(?P<content>[^`]+)`")
TITLED = re.compile(r"^(?P<title>.*?)\s*<(?P<target>[^<>]+)>$", re.S)

ADMONITIONS = {"note", "tip", "warning", "important", "caution", "hint", "attention", "danger", "seealso"}


class Book:
    """What a page may refer to: the titles of the pages and sections, and the cited works.

    Args:
        root: `pathlib.Path`, the repository.
    """

    def __init__(self, root):
        self.root = Path(root)

    @cached_property
    def labels(self):
        """Dict from a label to `(path of its page, title of its section)`."""
        found = {}
        for page in sorted((self.root / "book").rglob("*.md")):
            if "_build" in page.parts:
                continue
            waiting = []
            for line in page.read_text(encoding="utf-8").splitlines():
                if label := LABEL.match(line):
                    waiting.append(label["label"])
                elif line.startswith("#") and waiting:
                    for label in waiting:
                        found[label] = (page, line.lstrip("# ").strip())
                    waiting = []
                elif line.strip():
                    waiting = []
        return found

    @cached_property
    def works(self):
        """Dict from a citation key to `(authors, year, title)`."""
        from pybtex.database import parse_file

        found = {}
        for path in sorted((self.root / "book" / "references").glob("*.bib")):
            for key, entry in parse_file(str(path), bib_format="bibtex").entries.items():
                persons = entry.persons.get("author") or entry.persons.get("editor") or []
                names = [" ".join(person.prelast_names + person.last_names) for person in persons]
                names = [re.sub(r"[{}\\'\"^`~]", "", name) for name in names]
                if len(names) > 2:
                    names = [f"{names[0]} et al."]
                year, title = (
                    entry.fields.get("year", "n.d."),
                    re.sub(r"[{}]", "", entry.fields.get("title", "")),
                )
                found[key] = (" and ".join(names) or title, year, title)
        return found


def to_plain_markdown(text, page, book):
    """Rewrites MyST directives and roles as Markdown that reads well without Sphinx.

    Args:
        text: str, the source of one Markdown cell.
        page: `pathlib.Path` of the file that holds it: included files and links are relative to it.
        book: `Book`, to look up titles and citations.

    Returns:
        str, the plain Markdown.
    """
    text = "\n".join(_blocks(text.split("\n"), Path(page), book))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _blocks(lines, page, book):
    """Yields the lines of a text with its directives rewritten, innermost ones too."""
    lines = list(lines)
    while lines:
        line = lines.pop(0)
        if directive := FENCE.match(line.strip() if line.lstrip().startswith((":::", "```{")) else line):
            body = _until(lines, directive["fence"])
            yield from _directive(directive["name"], directive["argument"].strip(), body, page, book)
        elif plain := PLAIN_FENCE.match(line.strip()):
            yield line
            yield from _until(lines, plain["fence"])
            yield plain["fence"]
        elif LABEL.match(line) or re.match(r"^%( |$)", line) or line.strip() == "+++":
            continue
        else:
            yield _roles(line, page, book)


def _until(lines, fence):
    """Takes the lines up to the closing fence; the fence may be longer than the opening one."""
    body = []
    while lines:
        line = lines.pop(0)
        if re.match(rf"^\s*{re.escape(fence[0])}{{{len(fence)},}}\s*$", line):
            break
        body.append(line)
    return body


def _options(body):
    """Splits a directive's options from its content."""
    options, body = {}, list(body)
    if body and body[0].strip() == "---":
        body.pop(0)
        while body and body[0].strip() != "---":
            key, _, value = body.pop(0).partition(":")
            options[key.strip()] = value.strip().strip("\"'")
        body = body[1:]
    while body and (option := OPTION.match(body[0].strip())):
        options[option["key"]] = option["value"].strip()
        body.pop(0)
    return options, body


def _quote(title, body):
    """An admonition: a quotation that begins with its title."""
    yield ""
    yield f"> **{title}**"
    yield ">"
    yield from (f"> {line}".rstrip() for line in "\n".join(body).strip().split("\n"))
    yield ""


def _directive(name, argument, body, page, book):
    options, body = _options(body)
    argument = _roles(argument, page, book)

    def inside():
        return list(_blocks(body, page, book))

    if name in ADMONITIONS:
        yield from _quote("See also" if name == "seealso" else name.capitalize(), inside())
    elif name in ("admonition", "dropdown", "card", "grid-item-card"):
        yield from _quote(argument, inside())
    elif name in ("exercise-start", "exercise"):
        yield f"**Exercise{': ' + argument if argument else '.'}**"
        yield ""
        yield from inside()
    elif name in ("solution-start", "solution"):
        yield "**Solution.** Try it yourself before you read on."
        yield ""
        yield from inside()
    elif name == "math":
        tag = [rf"\tag{{{options['label'].removeprefix('eq:')}}}"] if "label" in options else []
        yield from ["", "$$", *body, *tag, "$$", ""]
    elif name == "literalinclude":
        source = included_source((page.parent / argument).resolve(), options)
        yield from ["", f"```{options.get('language', 'python')}", source, "```", ""]
    elif name in ("figure", "image"):
        yield f"![{options.get('alt', '')}]({argument})"
        yield from inside()
    elif name in ("code-block", "code"):
        yield from ["", f"```{argument}", *body, "```", ""]
    elif name == "list-table":
        yield from _list_table(argument, inside())
    elif name == "glossary":
        yield from inside()
    elif name in ("bibliography", "launch", "exercise-end", "solution-end", "tableofcontents"):
        return
    else:  # grids, tab sets, tables, containers: their content
        yield from ([f"**{argument}**", ""] if argument and name in ("tab-item", "table") else [])
        yield from inside()


def _list_table(title, body):
    """A Markdown table from a list of lists; the first row is its head."""
    rows = []
    for line in body:
        if match := re.match(r"^\s*\* - ?(.*)$", line):
            rows.append([match[1].strip()])
        elif match := re.match(r"^\s+- ?(.*)$", line):
            rows[-1].append(match[1].strip())
        elif line.strip() and rows:
            rows[-1][-1] += " " + line.strip()
    yield from ["", *([f"**{title}**", ""] if title else [])]
    for number, row in enumerate(rows):
        yield "| " + " | ".join(row) + " |"
        if number == 0:
            yield "|" + " --- |" * len(row)
    yield ""


def included_source(path, options):
    """The lines that a `literalinclude` shows.

    Args:
        path: `pathlib.Path` of the source file.
        options: dict of the directive's options: `pyobject`, `lines`, `start-at`, `end-before`...

    Returns:
        str, the source.

    Raises:
        ValueError: if what they name is not in the file.
    """
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if "pyobject" in options:
        nodes = ast.parse(text).body
        for part in options["pyobject"].split("."):
            node = next((node for node in nodes if getattr(node, "name", None) == part), None)
            if node is None:
                raise ValueError(f"{path.name} has no {options['pyobject']!r} to include.")
            nodes = getattr(node, "body", [])
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        lines = lines[first - 1 : node.end_lineno]
    for key, skipped in (("start-at", 0), ("start-after", 1)):
        if key in options:
            lines = lines[_first_with(options[key], lines, path) + skipped :]
    for key, kept in (("end-at", 1), ("end-before", 0)):
        if key in options:
            lines = lines[: _first_with(options[key], lines, path) + kept]
    if "lines" in options:
        chosen = []
        for part in options["lines"].split(","):
            first, dash, last = part.strip().partition("-")
            chosen += lines[int(first or 1) - 1 : int(last or len(lines)) if dash else int(first)]
        lines = chosen
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)


def _first_with(text, lines, path):
    """The index of the first line that holds a text."""
    text = text.strip("\"'")
    for index, line in enumerate(lines):
        if text in line:
            return index
    raise ValueError(f"{path.name} has no line with {text!r} to include from or to.")


def _roles(line, page, book):
    """Rewrites the roles of one line."""
    return ROLE.sub(lambda match: _role(match["role"], match["content"], page, book), line)


def _role(role, content, page, book):
    titled = TITLED.match(content)
    title, target = (titled["title"], titled["target"]) if titled else (None, content)
    if role.startswith("cite"):
        works = [book.works.get(key.strip(), (key.strip(), "n.d.", "")) for key in target.split(",")]
        if role in ("cite:t", "cite"):
            return ", ".join(f"{authors} ({year})" for authors, year, _ in works)
        return "(" + "; ".join(f"{authors}, {year}" for authors, year, _ in works) + ")"
    if role in ("ref", "numref", "doc"):
        if role == "doc":
            path = (page.parent / (target + ".md")).resolve()
            label = next((found for found in book.labels.values() if found[0].resolve() == path), None)
        else:
            label = book.labels.get(target)
        if label is None:
            return title or target
        link = os.path.relpath(label[0], page.parent)
        has_pair = "kernelspec:" in label[0].read_text(encoding="utf-8")[:1500]
        return f"[{title or label[1]}]({link.removesuffix('.md') + '.ipynb' if has_pair else link})"
    if role == "eq":
        return f"equation ({target.removeprefix('eq:')})"
    if role == "math":
        return f"${content}$"
    if role.startswith("glue"):
        return f"`{target.split(':')[0]}`"
    if role in ("term", "download", "abbr", "kbd", "sub", "sup"):
        return title or target
    return f"`{title or target}`"
