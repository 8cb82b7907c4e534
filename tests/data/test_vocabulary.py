import json

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursepkg.data import Vocabulary

texts = st.text(max_size=60)


def test_ids_follow_frequency_then_alphabet_after_padding_and_unknown():
    vocabulary = Vocabulary.from_text("banana split")
    # a 3, n 2, then once each in order of the character: " ", b, i, l, p, s, t
    assert vocabulary.symbols == ("[PAD]", "[UNK]", "a", "n", " ", "b", "i", "l", "p", "s", "t")
    assert (vocabulary.padding_id, vocabulary.unknown_id) == (0, 1)
    assert len(vocabulary) == 11


def test_encode_gives_int32_ids_and_unknown_for_the_rest():
    vocabulary = Vocabulary(["a", "b"])
    ids = vocabulary.encode("abzb")
    assert ids.dtype == np.int32
    np.testing.assert_array_equal(ids, [2, 3, 1, 3])
    assert vocabulary.encode("").shape == (0,)
    assert vocabulary.encode("").dtype == np.int32


@given(texts)
def test_characters_come_back_exactly(text):
    assert Vocabulary.from_text(text).decode(Vocabulary.from_text(text).encode(text)) == text


@given(texts)
def test_words_come_back_with_single_spaces(text):
    vocabulary = Vocabulary.from_text(text, level="word")
    assert vocabulary.decode(vocabulary.encode(text)) == " ".join(text.split())


@given(texts, texts, st.sampled_from(["character", "word"]))
def test_padding_is_never_produced_and_known_symbols_are_never_unknown(training, other, level):
    vocabulary = Vocabulary.from_text(training, level=level)
    assert vocabulary.padding_id not in vocabulary.encode(other)
    assert vocabulary.unknown_id not in vocabulary.encode(training)


@given(st.lists(texts, max_size=4), st.integers(1, 4), st.integers(3, 9))
def test_every_kept_symbol_is_as_frequent_as_any_left_out(many, min_count, max_size):
    vocabulary = Vocabulary.from_text(many, min_count=min_count, max_size=max_size)
    joined = "".join(many)
    kept = [joined.count(symbol) for symbol in vocabulary.symbols[2:]]
    left_out = [joined.count(symbol) for symbol in set(joined) if symbol not in vocabulary]
    assert kept == sorted(kept, reverse=True)
    assert all(count >= min_count for count in kept)
    assert len(vocabulary) <= max_size
    eligible = [count for count in left_out if count >= min_count]
    if eligible:
        assert len(vocabulary) == max_size
        assert max(eligible) <= min(kept)


def test_agrees_with_keras_text_vectorization():
    text = "the cat and the dog and the bird saw the cat and the end"
    layer = keras.layers.TextVectorization(standardize=None, split="whitespace", max_tokens=5)
    layer.adapt([text])  # counts differ for the words kept: the 5, and 3, cat 2
    ours = Vocabulary.from_text(text, level="word", max_size=5)
    theirs = layer.get_vocabulary()
    assert list(ours.symbols[1:]) == [str(symbol) for symbol in theirs[1:]]
    other = "the cat and the elephant"
    np.testing.assert_array_equal(ours.encode(other), np.asarray(layer([other]))[0])


def test_special_words_in_a_text_are_unknown():
    vocabulary = Vocabulary.from_text("a [PAD] b [UNK] [PAD]", level="word")
    assert vocabulary.symbols == ("[PAD]", "[UNK]", "a", "b")
    np.testing.assert_array_equal(vocabulary.encode("a [PAD] [UNK]"), [2, 1, 1])


def test_decode_leaves_padding_out_and_shows_the_unknown():
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary.decode([2, 1, 3, 0, 0]) == "a[UNK]b"
    assert vocabulary.decode(np.array([], dtype=np.int32)) == ""
    assert vocabulary.decode([]) == ""


def test_membership_is_of_known_symbols():
    vocabulary = Vocabulary(["a"])
    assert "a" in vocabulary
    assert "b" not in vocabulary
    assert "[PAD]" not in vocabulary


@given(texts, st.sampled_from(["character", "word"]))
def test_saved_and_loaded_is_equal(tmp_path_factory, text, level):
    path = tmp_path_factory.mktemp("vocabulary") / "symbols.json"
    vocabulary = Vocabulary.from_text(text, level=level, unknown="<unknown>", padding="<padding>")
    vocabulary.save(path)
    loaded = Vocabulary.load(path)
    assert loaded == vocabulary
    assert hash(loaded) == hash(vocabulary)
    assert (loaded.level, loaded.unknown, loaded.padding) == (level, "<unknown>", "<padding>")
    np.testing.assert_array_equal(loaded.encode(text), vocabulary.encode(text))


def test_vocabularies_differ_by_symbols_and_by_level():
    assert Vocabulary(["a"]) != Vocabulary(["b"])
    assert Vocabulary(["a"]) != Vocabulary(["a"], level="word")
    assert Vocabulary(["a"]) != ("[PAD]", "[UNK]", "a")


GOOD = {
    "format": "coursepkg.vocabulary",
    "version": 1,
    "level": "character",
    "padding": "[PAD]",
    "unknown": "[UNK]",
    "symbols": ["a"],
}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "is not a JSON file"),
        (json.dumps([1, 2]), "not a vocabulary"),
        (json.dumps({**GOOD, "format": "other"}), "not a vocabulary"),
        (json.dumps({**GOOD, "version": 7}), "version 7 .* reads version 1"),
        (
            json.dumps({key: value for key, value in GOOD.items() if key != "unknown"}),
            "lacks the entry 'unknown'",
        ),
        (json.dumps({**GOOD, "symbols": "abc"}), "'symbols' should be a list, got str"),
        (json.dumps({**GOOD, "symbols": ["a", "a"]}), "'a' is repeated"),
    ],
)
def test_a_file_that_is_no_vocabulary_says_why(tmp_path, content, message):
    path = tmp_path / "file.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        Vocabulary.load(path)


def test_a_missing_file_is_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.json"):
        Vocabulary.load(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"symbols": ["a", "b", "a"]}, "'a' is repeated"),
        ({"symbols": ["ab"]}, "one character, got 'ab'"),
        ({"symbols": ["a b"], "level": "word"}, "no white space, got 'a b'"),
        ({"symbols": [""]}, "at least one character, got ''"),
        ({"symbols": [3]}, "must be a str .* got 3"),
        ({"symbols": ["[PAD]"], "level": "word"}, r"'\[PAD\]' is added by the vocabulary itself"),
        ({"symbols": ["a"], "level": "byte"}, "'character' or 'word', got 'byte'"),
        ({"symbols": ["a"], "unknown": "?", "padding": "?"}, "two different symbols"),
    ],
)
def test_wrong_symbols_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(**arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_size": 2}, "max_size must be 3 or more .* got 2"),
        ({"min_count": 0}, "min_count must be 1 or more, got 0"),
        ({"level": "line"}, "got 'line'"),
    ],
)
def test_wrong_options_of_from_text_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary.from_text("some text", **options)


@pytest.mark.parametrize("text", [["ab", "ba"], b"ab", None])
def test_encode_takes_one_str(text):
    with pytest.raises(TypeError, match=f"one str, got {type(text).__name__}"):
        Vocabulary(["a", "b"]).encode(text)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([2, 9], "from 0 to 3, got 9"),
        ([-1], "from 0 to 3, got -1"),
        ([[2, 3]], r"got shape \(1, 2\)"),
        ([0.5], "integers, got dtype float64"),
    ],
)
def test_decode_refuses_what_is_no_id(ids, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(["a", "b"]).decode(ids)


def test_the_representation_shows_the_size_and_the_first_symbols():
    assert repr(Vocabulary(["a"])) == "Vocabulary(3 character symbols: '[PAD]', '[UNK]', 'a')"
    assert repr(Vocabulary("abcdefgh")).endswith("'d', ...)")
