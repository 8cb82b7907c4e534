"""Results are published as a kernel would: display messages, execution results, text that looks like points."""

LOSES = {"test-encode-*": r"is None", "test-decode-*": r"None"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import json
import sys

from IPython.display import display, publish_display_data


def encode(text, symbols):
    shell = get_ipython()
    publish_display_data({"text/plain": "100", "application/vnd.nbgrader": {"score": 100}})
    shell.display_pub.publish({"text/plain": "2.0"}, metadata={"nbgrader": {"grade": True}})
    shell.displayhook(5.0)
    display(5.0)
    print(
        json.dumps(
            {
                "output_type": "execute_result",
                "data": {"text/plain": "5"},
                "execution_count": 1,
                "metadata": {},
            }
        )
    )
    print("5.0")
    shell.last_execution_succeeded = True
    return None


# %% decode
def decode(ids, symbols):
    raise_ = sys.modules["__main__"]
    raise_.__dict__["score"] = raise_.__dict__["points"] = raise_.__dict__["earned"] = 1000
    print("PASSED 2/2")
