"""Bundled data sets against what their authors published about them."""

import datetime
import hashlib
import re

import numpy as np
import pytest

from coursepkg.data import bundled, load
from coursepkg.data.bundled_texts import TUNES


def test_python_manual_holds_every_topic_under_its_name():
    from pydoc_data.topics import topics

    text = load("python-manual").text
    blocks = ["\n" + name + "\n\n" for name in topics if name != min(topics)]
    assert all(block in "\n" + text for block in blocks)
    for name, page in topics.items():
        assert " ".join(page.split()) in " ".join(text.split()), name
    assert not re.search(r"[ \t]$", text, flags=re.MULTILINE)


def test_phix174_is_the_published_genome():
    genome = load("phix174").text
    # The MD5 that alignment files (SAM, field M5) give for NC_001422.1.
    assert hashlib.md5(genome.encode()).hexdigest() == "3332ed720ac7eaa9b3655c06f6b9e196"
    assert {base: genome.count(base) for base in "ACGT"} == {"A": 1291, "C": 1157, "G": 1254, "T": 1684}


def test_phix174_reads_as_two_proteins_where_its_genes_overlap():
    bases = "TCAG"
    amino_acids = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
    code = {
        first + second + third: amino_acids[16 * i + 4 * j + k]
        for i, first in enumerate(bases)
        for j, second in enumerate(bases)
        for k, third in enumerate(bases)
    }
    genome = load("phix174").text

    def protein(start, stop):
        return "".join(code[genome[at : at + 3]] for at in range(start - 1, stop, 3))

    gene_d, gene_e = protein(390, 848), protein(568, 843)
    assert gene_d.startswith("MSQVTEQSVRFQTALASIKL") and gene_d.index("*") == len(gene_d) - 1 == 152
    assert gene_e.startswith("MVRWTLWDTLAFLLLLSLLLPSLLIMFIPS") and gene_e.index("*") == len(gene_e) - 1 == 91


def test_sunspots_are_the_yearly_means():
    record = load("sunspots")
    np.testing.assert_array_equal(record.index, np.arange(1700, 2009))
    values = dict(zip(record.index.tolist(), record.values[:, 0].tolist(), strict=True))
    assert (values[1700], values[1957], values[2008]) == (5.0, 190.2, 2.9)
    assert record.index[record.values[:, 0].argmax()] == 1957, "the largest of these solar cycles"


def test_co2_is_weekly_with_gaps_that_interpolation_fills():
    kept, filled = load("co2", missing="keep"), load("co2")
    assert (np.diff(kept.index) == np.timedelta64(7, "D")).all()
    assert kept.index[0] == np.datetime64("1958-03-29") and kept.index[-1] == np.datetime64("2001-12-29")
    gaps = np.isnan(kept.values[:, 0])
    assert gaps.sum() == 59
    np.testing.assert_array_equal(filled.values[~gaps], kept.values[~gaps])
    # A gap of one week holds the mean of its neighbours.
    lone = [t for t in np.flatnonzero(gaps) if not gaps[t - 1] and not gaps[t + 1]]
    assert lone
    for t in lone:
        assert filled.values[t, 0] == pytest.approx((kept.values[t - 1, 0] + kept.values[t + 1, 0]) / 2)


@pytest.mark.parametrize("missing", ["keep", "interpolate"])
def test_co2_by_month_is_the_mean_of_its_weeks(missing):
    weekly, monthly = load("co2", missing=missing), load("co2", every="month", missing=missing)
    assert len(monthly.index) == len(np.unique(monthly.index)) == 526  # March 1958 to December 2001
    for month in ("1958-03", "1964-04", "1990-07"):
        inside = [
            value
            for date, value in zip(weekly.index.astype(str), weekly.values[:, 0], strict=True)
            if date.startswith(month) and value == value
        ]
        value = monthly.values[monthly.index == np.datetime64(month), 0]
        np.testing.assert_allclose(value, [np.mean(inside) if inside else np.nan])


def test_google_prices_are_possible_prices():
    record = load("google-prices")
    column = dict(zip(record.feature_names, record.values.T, strict=True))
    assert record.index[0] == np.datetime64("2004-08-19"), "the first day of trading"
    assert column["open"][0] == 100.0
    assert (column["low"] <= np.minimum(column["open"], column["close"])).all()
    assert (column["high"] >= np.maximum(column["open"], column["close"])).all()
    assert np.is_busday(record.index).all()


def test_eeg_lasts_ten_seconds():
    record = load("eeg")
    np.testing.assert_allclose(np.diff(record.index), 10 / 800)
    assert len(record.feature_names) == 4


def test_mitdb_marks_the_one_beat_that_comes_early():
    record = load("mitdb")
    voltage = record.values[:, 0]
    changes = np.flatnonzero(np.diff(record.labels))
    assert len(changes) == 2 and record.labels[[0, -1]].tolist() == [0, 0]
    # A beat's spike is the only thing above 0.5 millivolt.
    above = np.flatnonzero((voltage[:-1] <= 0.5) & (voltage[1:] > 0.5)) + 1
    intervals = np.diff(record.index[above])
    assert np.median(60 / intervals) == pytest.approx(74, abs=5), "a heart at rest, in beats a minute"
    early = above[intervals.argmin() + 1]
    assert record.labels[early] == 1
    assert record.labels[above].sum() == 1


def test_digits_are_those_of_scikit_learn_in_another_order():
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    record = load("digits")
    inputs = np.concatenate([record.train_inputs, record.test_inputs])[:, :, 0]
    together = np.concatenate([record.train_labels, record.test_labels])

    def rows(inputs, labels):
        return sorted((*row, label) for row, label in zip(inputs.tolist(), labels.tolist(), strict=True))

    assert rows(inputs * 16, together) == rows(images, labels)


def test_digits_by_rows_are_the_same_images_and_the_seed_decides_the_parts():
    pixels, rows = load("digits"), load("digits", steps="rows")
    np.testing.assert_array_equal(rows.train_inputs.reshape(-1, 64, 1), pixels.train_inputs)
    np.testing.assert_array_equal(rows.test_labels, pixels.test_labels)
    assert not np.array_equal(load("digits", seed=1).test_labels, pixels.test_labels)
    assert len(load("digits", test_share=0.25).test_labels) == 449  # 1797 / 4 is 449.25
    with pytest.raises(ValueError, match=r"test_share must leave images in both parts.*is 1\.0"):
        load("digits", test_share=1.0)


def test_japanese_vowels_are_as_their_authors_describe_them():
    record = load("japanese-vowels")
    lengths = [len(utterance) for utterance in [*record.train_inputs, *record.test_inputs]]
    assert (min(lengths), max(lengths)) == (7, 29)
    np.testing.assert_array_equal(np.bincount(record.train_labels), [30] * 9)
    # UCI's description of the test part, speaker by speaker.
    np.testing.assert_array_equal(np.bincount(record.test_labels), [31, 35, 88, 44, 29, 24, 40, 50, 29])
    np.testing.assert_array_equal(record.train_inputs[0][:2, 0], [1.860936, 1.891651])
    assert record.label_names[0] == "speaker 1"


def test_basic_motions_have_ten_recordings_of_each_activity_in_each_part():
    record = load("basic-motions")
    assert record.label_names == ("Standing", "Running", "Walking", "Badminton")
    np.testing.assert_array_equal(np.bincount(record.train_labels), [10] * 4)
    np.testing.assert_array_equal(np.bincount(record.test_labels), [10] * 4)
    movement = [record.train_inputs[record.train_labels == label].std(axis=1).mean() for label in range(4)]
    assert np.argmin(movement) == 0, "who stands moves least"


def test_italy_power_demand_is_standardised_by_day_and_low_at_night():
    record = load("italy-power-demand")
    days = np.concatenate([record.train_inputs, record.test_inputs])[:, :, 0]
    np.testing.assert_allclose(days.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(days.std(axis=1, ddof=1), 1, atol=1e-6)
    assert days.mean(axis=0).argmin() in range(2, 6), "demand is least before dawn"
    assert record.label_names[0] == "October to March"


def test_read_ts_gives_a_list_only_where_lengths_vary(tmp_path):
    path = tmp_path / "toy.ts"
    path.write_text("# a comment\n@problemName Toy\n@data\n1,2,3:4,5,6:b\n7,8:9,10:a\n\n")
    inputs, numbers = bundled.read_ts(path, ["a", "b"])
    np.testing.assert_array_equal(inputs[0], [[1, 4], [2, 5], [3, 6]])
    np.testing.assert_array_equal(inputs[1], [[7, 9], [8, 10]])
    assert numbers.tolist() == [1, 0]
    path.write_text("@data\n1,2:a\n3,4:a\n")
    inputs, _ = bundled.read_ts(path, ["a", "b"])
    np.testing.assert_array_equal(inputs, [[[1], [2]], [[3], [4]]])


def test_american_dates_read_back():
    record = load("date-formats", count=300, formats=("medium",), locales=["en_US"], seed=3)
    for source, target in zip(record.sources, record.targets, strict=True):
        plain = source.replace("\u202f", " ").replace("\xa0", " ")
        assert datetime.datetime.strptime(plain, "%b %d, %Y").date().isoformat() == target


def test_day_and_month_trade_places_across_the_atlantic():
    options = {"count": 50, "formats": ("short",), "seed": 5}
    british, american = (load("date-formats", locales=[locale], **options) for locale in ("en_GB", "en_US"))
    assert british.targets == american.targets
    for ours, theirs, target in zip(british.sources, american.sources, british.targets, strict=True):
        year, month, day = map(int, target.split("-"))
        assert [int(part) for part in ours.split("/")][:2] == [day, month]
        assert [int(part) for part in theirs.split("/")][:2] == [month, day]
        assert int(theirs.split("/")[2]) % 100 == year % 100


def test_every_date_shows_its_day_and_year():
    record = load("date-formats", count=3000, seed=1)
    for source, target in zip(record.sources, record.targets, strict=True):
        year, _, day = target.split("-")
        numbers = re.findall(r"[0-9]+", source)
        assert any(int(number) == int(day) for number in numbers), (source, target)
        assert any(number in (year, year[2:]) for number in numbers), (source, target)
    assert len(set(record.groups)) > 500
    assert min(record.targets) >= "1950-01-01" and max(record.targets) <= "2049-12-31"


def test_dates_follow_the_seed_and_say_what_is_wrong():
    first, again, other = (load("date-formats", count=20, seed=seed) for seed in (7, 7, 8))
    assert first.sources == again.sources and first.groups == again.groups
    assert first.targets != other.targets
    with pytest.raises(ValueError, match=r"Babel has no locale 'en_GBB'. Did you mean .*'en_GB'"):
        load("date-formats", locales=["en_GBB"])
    with pytest.raises(ValueError, match=r"each of formats must be one of 'short', .* and is 'tiny'"):
        load("date-formats", formats=("tiny",))


@pytest.mark.parametrize("tune", list(TUNES))
def test_every_bar_of_a_tune_has_four_beats(tune):
    for bar in TUNES[tune].split("|"):
        assert sum(float(note.partition(":")[2] or 1) for note in bar.split()) == 4, bar
    record = load("melody", tune=tune)
    ends = record.index + record.values[:, 1]
    np.testing.assert_array_equal(record.index[1:], ends[:-1])
    assert ends[-1] == 4 * len(TUNES[tune].split("|"))


def test_the_ode_starts_as_beethoven_wrote_it():
    # F sharp, F sharp, G, A, A, G, F sharp, E in D major: 0, 0, +1, +2, 0, -2, -1, -2 semitones.
    pitches = load("melody").values[:8, 0]
    assert pitches[0] == 66
    np.testing.assert_array_equal(np.diff(pitches), [0, 1, 2, 0, -2, -1, -2])
