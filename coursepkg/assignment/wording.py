"""What a test cell that did not pass says to the student, whoever ran it."""

INTERRUPTED = "KeyboardInterrupt"


def word_failure(name, text, where="", broken="", seconds=0.0):
    """Says what an exception in a test cell means.

    Args:
        name: str, the exception's class.
        text: str, its message.
        where: str, the student's function it came from, as `name (line 3 of its cell)`, or `""`.
        broken: str, what is known of the last other cell that stopped with an error, or `""`.
        seconds: float, what the cell had, for one that took too long.

    Returns:
        Tuple `(status, message)`: a status as in `TestResult`, and sentences for the student.
    """
    if name == "NotImplementedError":
        return "not written", f"{where.split(' ')[0]} is still to be written." if where else text
    if name == INTERRUPTED:
        return "too slow", (
            f"No answer within {seconds:g} s. Is there a loop that never ends, or one over single numbers "
            "where an array operation would do?"
        )
    if name in ("AssertionError", "CheckFailed"):
        return "failed", text or "The test's assertion does not hold."
    if name == "NameError":
        text += ". Was a function renamed or deleted, or did the cell that defines it stop with an error?"
        if broken:
            text += f" {broken.splitlines()[0]}"
        return "error", text
    place = f" It came up in {where}." if where else ""
    return "error", f"{name}: {text}{'' if text.endswith('.') else '.'}{place}"
