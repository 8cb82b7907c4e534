"""After `repository` in _config.yml has changed: rewrite everything that derives from the address.

Only README.md, CONTRIBUTING.md, CHANGELOG.md, CITATION.cff, pyproject.toml, the book's pages and the
notebooks name it.
"""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from settings import ROOT, read_repository

# Files whose text names the address. Each holds it in the forms that `Repository` derives.
FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "pyproject.toml")


def known_address(root):
    """The address that the derived files hold now, read from CITATION.cff."""
    match = re.search(r'^repository-code: "?([^"\s]+)"?$', (root / "CITATION.cff").read_text("utf-8"), re.M)
    branch = re.search(r"^# branch: (\S+)$", (root / "CITATION.cff").read_text("utf-8"), re.M)
    if not match or not branch:
        raise ValueError("CITATION.cff must hold a line `repository-code:` and a line `# branch:`.")
    return match[1].rstrip("/"), branch[1]


def rewrite(text, old, new):
    """Replaces every form of the old repository's address by the new one's."""
    for form in ("pages", "url", "slug"):
        text = text.replace(getattr(old, form), getattr(new, form))
    if old.branch != new.branch:
        for pattern in (f"/{new.slug}/blob/", f"/{new.slug}/raw/", f"/v2/gh/{new.slug}/", f"{new.url}@"):
            text = text.replace(pattern + old.branch, pattern + new.branch)
        text = text.replace(f"# branch: {old.branch}\n", f"# branch: {new.branch}\n")
    return text


def main(root=ROOT):
    """Rewrites the derived files and regenerates the notebooks."""
    root = Path(root)
    new = read_repository(root)
    url, branch = known_address(root)
    old = new._replace(url=url, branch=branch)
    for name in (*FILES, *(str(path.relative_to(root)) for path in sorted((root / "book").rglob("*.md")))):
        path = root / name
        if not path.exists() or "_build" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if (changed := rewrite(text, old, new)) != text:
            path.write_text(changed, encoding="utf-8")
            print(f"wrote {name}")
    for tool in ("notebooks.py", "assignments.py"):
        code = subprocess.run([sys.executable, str(root / "tools" / tool)], cwd=root).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
