"""nbgrader's settings for the course's assignments. Run nbgrader's commands from this folder.

The one source of an assignment is `source/<slug>/<slug>.md`, a MyST notebook. nbgrader reads notebooks, so
loading these settings writes `source/<slug>/<slug>.ipynb` wherever the Markdown is newer. Git ignores it.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent / "tools"
sys.path.insert(0, str(HERE))  # for intake.py
# nbgrader calls `alembic` by name, which stands beside this Python, its environment activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

from intake import Collector, DeduplicateIds, Extractor, MakeHarmless, admit  # noqa: E402

from coursepkg.assignment import local_kernel  # noqa: E402
from coursepkg.grading import kernelspecs  # noqa: E402

# The confined kernels: nbgrader autograde SLUG --Execute.kernel_name=coursepkg-warm, or =coursepkg-confined
kernelspecs.make_findable()
# Any other kernel chooses its ports itself, so that nobody takes them before it has started.
local_kernel.use_by_default()


def write_source_notebooks():
    """Converts each assignment's Markdown whose notebook is missing or older."""
    settings = [HERE.parent / "_config.yml", TOOLS / "notebooks.py", TOOLS / "plain_markdown.py"]
    newest_setting = max((path.stat().st_mtime for path in settings if path.exists()), default=0)
    for markdown in sorted(HERE.glob("source/*/*.md")):
        notebook = markdown.with_suffix(".ipynb")
        newest = max(markdown.stat().st_mtime, newest_setting)
        if notebook.exists() and (notebook.stat().st_mtime >= newest or not TOOLS.is_dir()):
            continue  # without the tools, as in a copy of this folder on a cluster, it is what there is
        sys.path.insert(0, str(TOOLS))
        from notebooks import convert

        convert(markdown, notebook, root=HERE.parent)
        notebook.touch()  # an unchanged notebook is not rewritten, and is up to date all the same


write_source_notebooks()

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "sequence-models"
c.CourseDirectory.root = str(HERE)
# A class of thousands may prefer PostgreSQL: NBGRADER_DB_URL=postgresql+psycopg://user@host/gradebook
c.CourseDirectory.db_url = os.environ.get("NBGRADER_DB_URL", f"sqlite:///{HERE / 'gradebook.db'}")
# Beside notebooks nbgrader copies every other file: from source/ to release/, where the Markdown would hand
# out the solutions, and from submitted/ to autograded/, where a student's numpy.py would shadow numpy.
c.CourseDirectory.ignore = [
    ".*",
    "__pycache__",
    "feedback",
    "*.md",
    "*.py",
    "*.pyc",
    "*.pyd",
    "*.so",
    "*.pth",
    "*.ipy",
    "*.cfg",
    "*.toml",
    "*.zip",
]
c.CourseDirectory.max_file_size = 50_000  # kilobytes
c.CourseDirectory.max_dir_size = 50_000

# The release is committed, so in a fresh clone it is there before the gradebook knows of it: always write it.
c.GenerateAssignment.force = True

# What stands where students are to write.
c.ClearSolutions.code_stub = {"python": '# YOUR CODE HERE\nraise NotImplementedError("Still to be written.")'}

# The first TensorFlow import on a busy machine takes longer than nbgrader's 30 seconds.
c.Execute.timeout = 120
c.ExecutePreprocessor.startup_timeout = 120
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
# nbgrader gives 0 to a test cell with any text on stderr. A library's warning is no wrong answer.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s)."
c.LimitOutput.max_lines = 300
c.LimitOutput.max_traceback = 40

# A deleted test cell is put back and earns what the answer earns. A copied cell does not stop the class.
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    DeduplicateIds,
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# nbgrader's own steps, and a last one: nothing that a student wrote runs in an instructor's browser.
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    MakeHarmless,
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.HTMLExporter.sanitize_html = True  # for what was graded before, in formgrader
# Feedback without scripts and hidden tests; c.FeedbackExporter.show_hidden = True shows the latter.
c.GenerateFeedback.exporter_class = "coursepkg.grading.feedback_export.FeedbackExporter"
# A file that cannot be graded is turned away before nbgrader meets it, and its owner is told why.
c.Autograde.pre_convert_hook = admit

# Students on Colab hand in a file; an LMS hands out one zip of all of them. Put it (or its contents) into
# downloaded/<assignment>/archive/ and run `nbgrader zip_collect <assignment>`.
c.ZipCollectApp.collector_plugin = Collector
c.ZipCollectApp.extractor_plugin = Extractor
c.ZipCollectApp.strict = True
c.FileNameCollectorPlugin.named_regexp = Collector.layouts
