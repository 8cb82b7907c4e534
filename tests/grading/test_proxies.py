"""A student's names in a test cell behave as in one kernel, and never as the student's objects wish."""

import pair
import pytest

from coursepkg.grading.limits import Limits


@pytest.fixture(scope="module")
def warm():
    with pair.Warm() as process:
        yield process


@pytest.fixture(scope="module")
def cells(warm):
    """An examination in which the names below are a student's."""
    with pair.Pair(warm, Limits(output_bytes=20_000)) as examination:
        assert examination.met["ok"], examination.met
        assert (
            examination.run("locked", "import numpy as np\nfrom coursepkg.checks import *")["status"]
            == "passed"
        )
        examination.student_runs(NAMES)
        yield examination


NAMES = '''
import collections, contextlib, pickle, inspect
Point = collections.namedtuple("Point", "x y")

def double(values):
    """Doubles."""
    return values * 2

def keywords(*numbers, scale=1, **others):
    return sorted(numbers), scale, others

def endless():
    number = 0
    while True:
        yield number
        number += 1

def apply(function, *arguments):
    return function(*arguments)

class Vocabulary:
    """Some symbols."""
    size = 3
    _secret = "private"

    def __init__(self, *symbols):
        self.symbols = list(symbols)
        self.inner = {}

    def __len__(self):
        return len(self.symbols)

    def __getitem__(self, place):
        return self.symbols[place]

    def __setitem__(self, place, symbol):
        self.symbols[place] = symbol

    def __contains__(self, symbol):
        return symbol in self.symbols

    def __iter__(self):
        return iter(self.symbols)

    def __call__(self, text):
        return [self.symbols.index(one) for one in text]

    def itself(self):
        return self

    def __repr__(self):
        return f"Vocabulary({self.symbols})"

class Larger(Vocabulary):
    pass

class Agreeable:
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
    def __lt__(self, other):
        return True
    def __abs__(self):
        return 0
    __hash__ = None

class Tensor:
    """A tensor of a library of the student's own."""
    def __init__(self, values):
        self.values = np.asarray(values)
    def __array__(self, dtype=None, copy=None):
        return self.values

class Full(ValueError):
    def __init__(self, size):
        super().__init__(f"no room for {size}")
        self.size = size

class VeryFull(Full):
    pass

def fill(size):
    raise (VeryFull if size > 10 else Full)(size)

@contextlib.contextmanager
def opened(name):
    yield name.upper()

class Stack:
    def __enter__(self):
        self.seen = "entered"
        return self
    def __exit__(self, kind, error, trace):
        self.seen = f"left with {kind.__name__ if kind else None}"
        return kind is KeyError

def change(array, items, table):
    array += 1
    items.append(1)
    table["new"] = array
'''


@pytest.mark.parametrize(
    "source",
    [
        "assert double(3) == 6 and double('ab') == 'abab'",
        "result = double(np.arange(3.0))\nassert type(result) is np.ndarray and result.tolist() == [0, 2, 4]",
        "assert keywords(3, 1, scale=2, other=[1]) == ([1, 3], 2, {'other': [1]})",
        "def twice(value):\n    return double(double(value))\n"
        "assert [twice(i) for i in range(3)] == [0, 4, 8]",
        "assert double.__name__ == 'double' and double.__doc__ == 'Doubles.'",
        "assert type(double).__name__ == 'function' and callable(double)",
        "import inspect\n"
        "assert list(inspect.signature(keywords).parameters) == ['numbers', 'scale', 'others']",
        "import inspect\nassert inspect.signature(keywords).parameters['scale'].default == 1",
        "assert [number for number, _ in zip(endless(), range(4))] == [0, 1, 2, 3]",
        "import inspect\nnumbers = endless()\nassert inspect.isgenerator(numbers) and next(numbers) == 0",
        "numbers = endless()\nnext(numbers)\nassert iter(numbers) is numbers and next(numbers) == 1",
        "with opened('a') as name:\n    assert name == 'A'",
        "stack = Stack()\nwith stack as same:\n"
        "    assert same is stack\nassert stack.seen == 'left with None'",
        "stack = Stack()\nwith stack:\n    raise KeyError('kept by it')\n"
        "assert stack.seen == 'left with KeyError'",
        "import numpy\nassert apply(np.tanh, 0.0) == 0.0 and apply(len, 'abc') == 3",
        "assert apply(lambda x: x + 1, 2) == 3 and apply(double, 2) == 4",
        "assert isinstance(Point(1, 2), tuple) and Point(1, 2).y == 2",
        "assert double.__doc__ and not hasattr(double, '__wrapped__')",
    ],
)
def test_functions(cells, source):
    cells.passes(source)


@pytest.mark.parametrize(
    "source",
    [
        "v = Vocabulary('a', 'b')\nassert len(v) == 2 and v[1] == 'b' and list(v) == ['a', 'b'] and 'b' in v",
        "v = Vocabulary('a', 'b')\nv[0] = 'c'\nassert v('cb') == [0, 1] and v.symbols == ['c', 'b']",
        "v = Vocabulary('a')\nassert v.itself() is v and v == v.itself() and hash(v) == hash(v.itself())",
        "assert Vocabulary('a') != Vocabulary('a') and len({Vocabulary('a'), Vocabulary('a')}) == 2",
        "v = Vocabulary()\nassert type(v).__name__ == 'Vocabulary' and repr(v) == f'{v}' == 'Vocabulary([])'",
        "v = Larger('a')\nassert isinstance(v, Vocabulary) and "
        "isinstance(v, Larger) and issubclass(Larger, Vocabulary)",
        "assert not isinstance(Vocabulary(), Larger) and not isinstance(3, Vocabulary)",
        "import inspect\nassert inspect.isclass(Vocabulary) and "
        "isinstance(Vocabulary, type) and not isinstance(double, type)",
        "v = Vocabulary()\nv.extra = np.arange(3)\nassert v.extra.sum() == 3 and "
        "hasattr(v, 'extra')\ndel v.extra\nassert not hasattr(v, 'extra')",
        "v = Vocabulary('a')\nv.symbols.append('b')\nassert v.symbols == ['a'], 'a list is a copy'",
        "assert Vocabulary.size == 3 and Vocabulary().size == 3 and "
        "getattr(Vocabulary(), 'color', None) is None",
        "names = dir(Vocabulary('a'))\nassert 'symbols' in names and '_secret' not in names",
        "import collections.abc as abc\nv = Vocabulary('a')\nassert isinstance(v, abc.Iterable) and "
        "isinstance(v, abc.Sized) and isinstance(v, abc.Callable)",
        "assert not callable(Stack()) and not hasattr(Stack(), '__len__')",
        "assert apply(len, Vocabulary('a', 'b')) == 2, 'its own object goes back to it'",
        "assert [len(one) for one in (Vocabulary('a'), Vocabulary())] == [1, 0] and not Vocabulary()",
        "assert reversed(Vocabulary('a', 'b')).__next__() == 'b'",
        "class Mine:\n    ready = double(3)\n    def value(self):\n        return double(self.ready)\n"
        "assert Mine.ready == 6 and Mine().value() == 12 and 'double' not in dir(Mine)",
    ],
)
def test_objects(cells, source):
    cells.passes(source)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("Vocabulary()._secret", "AttributeError"),
        ("Vocabulary().__dict__", "AttributeError"),
        ("double.__globals__", "AttributeError"),
        ("double.__code__", "AttributeError"),
        ("Vocabulary().__class__ = int", "AttributeError"),
        ("Vocabulary()._secret = 1", "AttributeError"),
        ("Vocabulary().missing", "AttributeError"),
        ("Vocabulary('a')[5]", "IndexError"),
        ("len(Stack())", "TypeError"),
        ("Stack()()", "TypeError"),
        ("import copy\ncopy.deepcopy(Vocabulary())", "TypeError"),
        ("import pickle\npickle.dumps(Vocabulary())", "TypeError"),
        ("double()", "TypeError"),
        ("Vocabulary('a') + 1", "TypeError"),
        ("float(Vocabulary())", "TypeError"),
        ("double({1: object()})", "CannotCross"),
        ("unknown_name", "NameError"),
    ],
)
def test_what_is_not_there_or_private_is_an_error_with_a_name(cells, source, error):
    status, message = cells.fails(f"{source}\n")
    assert status == "error"
    assert message.startswith("name 'unknown_name' is not defined" if error == "NameError" else error)


def test_what_cannot_cross_is_named_with_the_way_out(cells):
    _, message = cells.fails("class Thing:\n    pass\ndouble(Thing())")
    assert "Thing" in message
    assert "beside" in message


def test_an_object_never_compares_itself(cells):
    cells.passes("assert not (Agreeable() == 3) and Agreeable() != 3 and not (3 == Agreeable())")
    cells.passes("x = Agreeable()\nassert x not in [1, 2] and x == x")
    for source in ("assert Agreeable() < 3", "assert abs(Agreeable()) == 0", "check_close(Agreeable(), 0.0)"):
        assert cells.fails(source)[0] in ("error", "failed")


def test_tensors_take_part_in_calculations_here(cells):
    cells.passes(
        "t = Tensor([1.0, 2.0])\n"
        "assert (t + 1).tolist() == [2, 3] and (2 * t).tolist() == [2, 4] and (t @ t) == 5\n"
        "assert (t == np.array([1.0, 5.0])).tolist() == [True, False] and (-t).sum() == -3\n"
        "check_close(t, [1.0, 2.0])\nassert np.asarray(t).dtype == float and type(t + t) is np.ndarray"
    )


def test_exceptions_are_caught_by_the_student_s_own_classes(cells):
    cells.passes(
        "try:\n    fill(3)\nexcept Full as error:\n"
        "    assert type(error).__name__ == 'Full' and "
        "str(error) == 'no room for 3' and isinstance(error, ValueError)\n"
        "else:\n    raise AssertionError('nothing was raised')"
    )
    cells.passes(
        "try:\n    fill(30)\nexcept VeryFull as error:\n    caught = error\n"
        "assert isinstance(caught, Full) and issubclass(VeryFull, Full) and not issubclass(Full, VeryFull)\n"
    )
    cells.passes(
        "try:\n    fill(3)\nexcept VeryFull:\n    raise AssertionError\nexcept ValueError:\n    pass"
    )
    status, message = cells.fails("fill(3)")
    assert status == "error"
    assert message.startswith("Full: no room for 3. It came up in fill (line ")


@pytest.mark.parametrize(
    "name", ["KeyError('a')", "ZeroDivisionError()", "np.linalg.LinAlgError('singular')"]
)
def test_well_known_exceptions_are_themselves(cells, name):
    cells.student_runs(f"def fail():\n    raise {name}")
    cells.passes(
        f"expected = {name}\ntry:\n    fail()\nexcept Exception as error:\n"
        "    assert type(error) is type(expected) and "
        "error.args == expected.args and str(error) == str(expected)"
    )


def test_what_a_test_s_function_raises_comes_back_through_student_code_unchanged(cells):
    cells.passes(
        "thing = object()\n\nclass Ours(Exception):\n    pass\n\ndef fail(x):\n    raise Ours(thing)\n\n"
        "try:\n    apply(fail, 1)\nexcept Ours as error:\n    assert error.args[0] is thing"
    )
    assert cells.fails("def fail(x):\n    check_close(x, 2.0)\napply(fail, 1)")[0] == "failed"


def test_a_function_of_a_test_may_call_the_student_again(cells):
    cells.passes(
        "def deep(n):\n    return 0 if n == 0 else 1 + apply(deep, n - 1)\nassert apply(deep, 5) == 5\n"
        "assert apply(lambda v: len(v) + v.size, Vocabulary('a')) == 4"
    )


def test_arguments_are_copies_unless_a_check_asks_what_became_of_them(cells):
    cells.passes(
        "array, items, table = np.zeros(2), [], {}\nchange(array, items, table)\n"
        "assert array.tolist() == [0, 0] and items == [] and table == {}"
    )
    _, message = cells.fails("check_pure(change, {'array': np.zeros(2), 'items': [], 'table': {}})")
    assert "changes its argument 'array' in place" in message
    _, message = cells.fails("check_pure(lambda items: change(1, items, {}), {'items': [3]}, name='change')")
    assert "'items' in place (its length)" in message
    cells.passes("array = np.zeros(2)\nchange(array, [], {})\nassert array.tolist() == [0, 0]")


def test_what_an_answer_changed_is_seen_by_the_next_call_of_a_check_and_by_nobody_else(cells):
    cells.student_runs(
        "def add(values, total):\n    total += values.sum()\n    return values + total\n\n"
        "def grow(values, items, table):\n    items.append(1)\n    table['n'] = len(items)\n    return values"
    )
    cells.test("total, values = np.zeros(1), np.ones((2, 3))")
    _, message = cells.fails("check_causal(lambda values: add(values, total), values, name='add')")
    assert "add: the output at step 0 changes" in message
    cells.passes("assert total == 0, 'undone'")
    cells.passes(
        "items, table, seen = [0], {'a': 1}, []\n"
        "def calls(values):\n    seen.append(len(items))\n    return grow(values, items, table)\n"
        "check_causal(calls, values)\nassert len(seen) > 1 and seen == list(range(1, len(seen) + 1))\n"
        "assert items == [0] and table == {'a': 1}"
    )


def test_a_random_generator_goes_on_from_where_it_is_and_no_number_comes_twice(cells):
    cells.student_runs("def draw(random):\n    return random.normal(size=3)")
    cells.passes(
        "random = np.random.default_rng(5)\nexpected = np.random.default_rng(5).normal(size=3)\n"
        "assert (draw(random) == expected).all()\n"
        "assert not (draw(random) == expected).any() and not (random.normal(size=3) == expected).any()"
    )
    cells.student_runs("def roll(dice):\n    return [dice.randrange(10**9) for _ in range(3)]")
    cells.passes(
        "import random\ndice, same = random.Random(5), random.Random(5)\n"
        "expected = [same.randrange(10**9) for _ in range(3)]\n"
        "assert roll(dice) == expected and roll(dice) != expected"
    )


def test_a_library_is_called_beside_the_student_s_objects(cells):
    cells.passes(
        "import operator, math\nfrom coursepkg.checks import beside\n"
        "assert beside(np.linalg.norm)(Tensor([3.0, 4.0])) == 5.0\n"
        "assert beside(np.shape)(Tensor([[1, 2]])) == (1, 2)\n"
    )
    _, message = cells.fails("def own():\n    pass\nbeside(own)")
    assert "own" in message


def test_beside_is_an_ordinary_call_in_one_kernel():
    from coursepkg.checks import beside

    assert beside(sorted) is sorted


def test_names_of_tests_and_locked_cells_win_and_unknown_ones_are_looked_for_at_the_student_s(cells):
    cells.student_runs("np_answer = 1\nstep = 'the student\\'s'\nsum = lambda values: 'forged'")
    cells.passes("assert np_answer == 1 and step == 'the student\\'s'\nstep = 'the test\\'s'")
    cells.student_runs("np_answer = 2\nstep = 'the student\\'s again'")
    cells.passes("assert np_answer == 2 and step == 'the test\\'s'\nassert sum([1, 2]) == 3")


def test_later_cells_of_the_student_know_the_objects_that_tests_named(cells):
    cells.passes("made_by_test = Vocabulary('x', 'y')\nhidden_number = 42\nhidden_list = [made_by_test]")
    outputs = cells.student_runs(
        "print(len(made_by_test), 'hidden_number' in globals(), 'hidden_list' in globals())", "code"
    )
    assert pair.printed(outputs) == "2 False False\n"


def test_objects_are_let_go_when_no_test_holds_them(cells):
    cells.student_runs(
        "import weakref\nalive = weakref.WeakSet()\n\nclass Kept:\n"
        "    def __init__(self):\n        alive.add(self)"
    )
    cells.passes(
        "import gc\nkept = [Kept() for _ in range(5)]\n"
        "assert apply(len, alive) == 5\ndel kept[1:]\ngc.collect();"
    )
    cells.passes("kept[0].x = 1\nassert apply(len, alive) == 1")


def test_code_in_cells_is_what_libraries_take_it_for(cells):
    outputs = cells.student_runs(
        "print(pickle.loads(pickle.dumps(Vocabulary('a'))), Vocabulary.__module__)\n"
        "print(inspect.getsource(double).splitlines()[0])"
    )
    assert pair.printed(outputs) == "Vocabulary(['a']) __main__\ndef double(values):\n"
