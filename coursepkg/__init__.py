"""The companion package of the course: data, layers, training and checks that its chapters import."""

from coursepkg._lazy import attach

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "assignment": [],
        "checks": [],
        "data": [],
        "layers": [],
        "notebook": ["glue"],
        "plotting": [],
        "scratch": [],
        "training": [],
    },
)
