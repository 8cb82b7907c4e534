"""pyproject.toml, environment.yml and requirements.lock say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


@pytest.fixture(scope="module")
def lock():
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def pins(lock):
    """Every `(name, version, marker)` of the lock file."""
    for line in lock.splitlines():
        if match := re.match(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(?: ; ([^\\]+))?", line):
            yield match[1], Version(match[2]), (match[3] or "").strip()


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_environment_has_the_ranges_of_what_readers_and_instructors_need(project, conda):
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["data"], *extras["book"], *extras["grading"]]
    installed = next(part["pip"] for part in conda if isinstance(part, dict))
    ranges = {str(Requirement(line)) for line in installed if not line.startswith("--")}
    assert ranges == {str(Requirement(line)) for line in wanted}
    assert "--editable ." in installed, "the environment must hold coursepkg itself"


def test_environment_has_the_python_range(project, conda):
    python = next(part for part in conda if isinstance(part, str) and part.startswith("python"))
    assert python == f"python{project['requires-python']},<3.14"


def test_every_requirement_is_locked_within_its_range(project, lock):
    locked = {}
    for name, version, _ in pins(lock):
        locked.setdefault(normal(name), []).append(version)
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *(line for extra in extras.values() for line in extra)]:
        requirement = Requirement(line)
        versions = locked.get(normal(requirement.name))
        assert versions, f"{requirement.name} is not in requirements.lock: run `make lock`"
        assert all(requirement.specifier.contains(version) for version in versions), line


def test_lock_has_hashes_and_no_addresses(lock):
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in lock
    assert not re.search(r"^\s*(-i|--index|--extra-index|--find-links|-f|#)", lock, re.M)


def test_ranges_are_not_pins(project):
    for line in project["dependencies"]:
        assert "==" not in line, (
            f"{line}: an exact pin breaks where another version is installed, as on Colab"
        )


def test_licences_and_authors(project):
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("BSD 3-Clause License")
    assert "CC BY 4.0" in (ROOT / "LICENSE-CONTENT").read_text(encoding="utf-8")
    assert project["authors"] == [{"name": "the course's contributors"}]
