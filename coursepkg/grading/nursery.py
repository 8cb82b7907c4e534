"""The warm parent that starts before anything else, while the grader itself still imports nbgrader."""

import contextlib

from coursepkg.grading.sandbox import WarmParent


@contextlib.contextmanager
def nursery(options):
    """A `with` block in which a warm parent runs whose twins the workers of this machine get.

    Args:
        options: `argparse.Namespace` of `coursepkg grade`.

    Yields:
        `WarmParent`, or `None` where no worker of this machine will want a twin.
    """
    if options.dry_run or options.scheduler or options.accept_risk:
        yield None
        return
    with WarmParent() as first:
        first.begin()
        yield first
