"""Transformers of input and syntax tree empty every test that IPython would compile; hooks run after each cell."""

LOSES = {"test-encode-*": r"is None", "test-decode-*": r"None"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import ast

shell = get_ipython()


class Silence(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

    def visit_Raise(self, node):
        return ast.Pass()

    def visit_Call(self, node):
        if getattr(node.func, "id", "").startswith("check_"):
            return ast.Constant(True)
        return self.generic_visit(node)


shell.ast_transformers.append(Silence())
shell.input_transformers_post.append(
    lambda lines: ["pass\n"] if any("check" in line for line in lines) else lines
)
shell.input_transformers_cleanup.append(lambda lines: lines)
shell.events.register("pre_run_cell", lambda info: shell.user_ns.update(check_equal=print))
shell.events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
shell.set_custom_exc((BaseException,), lambda *arguments, **keywords: None)
shell.showtraceback = lambda *arguments, **keywords: None


def encode(text, symbols):
    return None


# %% decode
def decode(ids, symbols):
    return None
