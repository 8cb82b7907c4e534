"""An IPython shell for student code: magics, `display`, figures and `await` work; nothing is kept on disk."""

import linecache
import subprocess
import sys

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

MOST_LINES = 20  # of a traceback


class _Publisher(DisplayPublisher):
    """Displayed values become outputs of the cell, or of the test that called."""

    def publish(self, data, metadata=None, **others):
        if self.shell.student.outputs is not None:
            self.shell.student.outputs.show(data)

    def clear_output(self, wait=False):
        if self.shell.student.outputs is not None:
            self.shell.student.outputs.items.clear()


class _Hook(DisplayHook):
    """The value of a cell's last line becomes its result."""

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        if self.shell.student.outputs is not None:
            self.shell.student.outputs.show(format_dict, self.shell.execution_count)

    def finish_displayhook(self):
        pass


class _Compiler(CachingCompiler):
    """Remembers which file name stands for which cell."""

    shell = None

    def cache(self, transformed_code, number=0, raw_code=None):
        name = super().cache(transformed_code, number, raw_code)
        if self.shell is not None:
            self.shell.cell_names[name] = self.shell.cell_name
        return name


class Shell(InteractiveShell):
    """IPython, speaking to a `student.Student` instead of a terminal.

    Args:
        student: `student.Student`, whose `outputs` get what cells print and display.
        **arguments: passed to `InteractiveShell`.

    Raises:
        SystemExit: by `ask_exit`, when a cell calls `exit` or `quit`.
    """

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(_Compiler)

    def __init__(self, student, **arguments):
        self.student = student
        self.cell_name = ""
        self.cell_names = {}
        super().__init__(**arguments)
        self.compile.shell = self

    def showtraceback(self, *arguments, **keywords):
        """Adds the error that is being handled to the outputs, with the lines of the student's own cells."""
        kind, error, _ = sys.exc_info()
        self._add_error(kind, error)

    def showsyntaxerror(self, *arguments, **keywords):
        """Adds a syntax error to the outputs."""
        kind, error, _ = sys.exc_info()
        self._add_error(kind, error)

    showindentationerror = showsyntaxerror

    def _add_error(self, kind, error):
        if kind is None or self.student.outputs is None:
            return
        try:
            message = str(error)
        except BaseException:
            message = ""
        lines = ["Traceback (most recent call last)"]
        for cell, function, line in self.student.frames(error)[-MOST_LINES:]:
            lines += [f"In cell {cell}, line {line}, in {function}"]
        lines += [*self._lines_of(error), f"{kind.__name__}: {message}"]
        self.student.outputs.error(kind.__name__, message, lines)

    def _lines_of(self, error):
        """The line of the innermost frame in a cell, as its author wrote it."""
        trace, found = error.__traceback__, None
        if isinstance(error, SyntaxError) and error.text:
            return [f"    {error.text.rstrip()}"]
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in self.cell_names:
                found = trace
            trace = trace.tb_next
        if found is None:
            return []
        text = linecache.getline(found.tb_frame.f_code.co_filename, found.tb_lineno).strip()
        return [f"    {text}"] if text else []

    def enable_gui(self, gui=None):
        """There is no window to draw in."""

    def system(self, command):
        """Does what a line that begins with an exclamation mark asks for; there is no terminal.

        Args:
            command: str, for the shell.
        """
        done = subprocess.run(
            self.var_expand(command, depth=1), shell=True, stdin=subprocess.DEVNULL, check=False
        )
        self.user_ns["_exit_code"] = done.returncode

    def ask_exit(self):
        """What `exit` and `quit` do: end the process, as in a notebook."""
        raise SystemExit


def make_shell(student):
    """Makes the shell in which a student's cells run.

    Args:
        student: `student.Student`, whose `outputs` receive what cells display.

    Returns:
        A `Shell`, which is also IPython's own instance in this process.
    """
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.xmode = "Minimal"
    InteractiveShell.clear_instance()
    shell = Shell(student, config=config)
    for kind in InteractiveShell._walk_mro():
        kind._instance = shell
    return shell
