"""A fork changes `repository` in _config.yml and runs one target; every address follows."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".md", ".ipynb", ".py", ".toml", ".yml", ".yaml", ".cff", ".cfg", ".txt", ".html", ".css"}


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """A copy of the tracked files with another address in _config.yml, after `tools/address.py`."""
    target = tmp_path_factory.mktemp("fork") / "course"
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    config = target / "_config.yml"
    text = config.read_text(encoding="utf-8")
    text, count = re.subn(r"^  url: .*$", "  url: https://github.com/ada/lectures", text, flags=re.M)
    assert count == 1, "_config.yml names the repository once"
    text, count = re.subn(r"^  branch: .*$", "  branch: spring", text, flags=re.M)
    assert count == 1
    config.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(target / "tools" / "address.py")], cwd=target, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def old_address():
    url = re.search(r"^  url: (\S+)$", (ROOT / "_config.yml").read_text(encoding="utf-8"), re.M)[1]
    return "/".join(url.split("/")[-2:])


def test_no_file_names_the_old_address(fork):
    left = [
        str(path.relative_to(fork))
        for path in fork.rglob("*")
        if path.suffix in TEXT and path.is_file() and old_address() in path.read_text(encoding="utf-8")
    ]
    assert not left


def test_notebooks_install_from_the_new_address(fork):
    pairs = [*fork.glob("book/**/*.ipynb"), *fork.glob("assignments/release/*/*.ipynb")]
    assert len(pairs) >= 7
    for pair in pairs:
        assert "git+https://github.com/ada/lectures@spring" in pair.read_text(encoding="utf-8"), pair.name


def test_readme_and_citation_follow(fork):
    readme = (fork / "README.md").read_text(encoding="utf-8")
    assert "https://github.com/ada/lectures" in readme
    assert "/ada/lectures/main" not in readme
    citation = (fork / "CITATION.cff").read_text(encoding="utf-8")
    assert 'repository-code: "https://github.com/ada/lectures"' in citation
    assert "# branch: spring" in citation


def test_launch_links_derive_from_the_setting():
    sys.path.insert(0, str(ROOT / "tools"))
    from settings import Repository

    repository = Repository("https://github.com/ada/lectures", "spring", "https://binder", "https://colab")
    path = "book/data/page.ipynb"
    assert repository.colab_link(path) == f"https://colab/github/ada/lectures/blob/spring/{path}"
    assert repository.binder_link(path) == f"https://binder/v2/gh/ada/lectures/spring?urlpath=lab/tree/{path}"
    assert repository.requirement == "coursepkg[data] @ git+https://github.com/ada/lectures@spring"


def test_an_address_that_names_no_repository_is_refused(tmp_path):
    sys.path.insert(0, str(ROOT / "tools"))
    from settings import read_repository

    (tmp_path / "_config.yml").write_text("repository:\n  url: https://github.com/ada\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"repository\.url is 'https://github\.com/ada'; expected"):
        read_repository(tmp_path)
