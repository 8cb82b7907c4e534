"""The one place that reads the repository's address: `repository` in `_config.yml`."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Repository(NamedTuple):
    """The address that every launch button, badge and install cell derives from."""

    url: str
    branch: str
    binder: str
    colab: str

    @property
    def slug(self):
        """`owner/name` on GitHub."""
        return "/".join(self.url.rstrip("/").removesuffix(".git").split("/")[-2:])

    def colab_link(self, path):
        """The address that opens a notebook of the repository on Colab."""
        return f"{self.colab}/github/{self.slug}/blob/{self.branch}/{path}"

    def binder_link(self, path):
        """The address that opens a notebook of the repository on Binder."""
        return f"{self.binder}/v2/gh/{self.slug}/{self.branch}?urlpath=lab/tree/{path}"

    def file_link(self, path):
        """The address of a file of the repository, as it is fetched."""
        return f"{self.url}/raw/{self.branch}/{path}"

    @property
    def pages(self):
        """Where GitHub Pages publishes the book."""
        owner, name = self.slug.split("/")
        return f"https://{owner}.github.io/{name}/"

    @property
    def requirement(self):
        """What pip installs to get coursepkg with what the chapters need."""
        return f"coursepkg[data] @ git+{self.url}@{self.branch}"


def read_repository(root=ROOT):
    """Reads the repository's address from `_config.yml`.

    Args:
        root: `pathlib.Path`, the folder that holds `_config.yml`.

    Returns:
        A `Repository`.

    Raises:
        ValueError: if `repository.url` is missing or names no owner and repository.
    """
    import yaml

    settings = yaml.safe_load((Path(root) / "_config.yml").read_text(encoding="utf-8"))
    repository, buttons = settings.get("repository") or {}, settings.get("launch_buttons") or {}
    url = str(repository.get("url", "")).rstrip("/")
    if not re.fullmatch(r"https://[^/\s]+/[^/\s]+/[^/\s]+", url):
        raise ValueError(
            f"_config.yml: repository.url is {url!r}; expected https://github.com/<owner>/<repository>."
        )
    return Repository(
        url=url.removesuffix(".git"),
        branch=str(repository.get("branch", "main")),
        binder=str(buttons.get("binderhub_url", "https://mybinder.org")).rstrip("/"),
        colab=str(buttons.get("colab_url", "https://colab.research.google.com")).rstrip("/"),
    )
