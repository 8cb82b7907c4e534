"""The Time Machine character model, as a well-known book trains it: our cells beside its published figures.

Windows of 32 characters; the first 10,000 are for training, the next 5,000 for validation; 32 units, one-hot
inputs. Each model is trained with the published settings and with ours, from five seeds. The last windows of
the novel, from number 15,000 on, are read by nobody before the end.

    python benchmarks/character_model.py                 # all runs, one after the other: an hour and a half
    python benchmarks/character_model.py --processes 16  # so many at a time
    python benchmarks/character_model.py --model GRU --setting ours

Each run is kept as soon as it is done, so the script may be stopped and goes on where it was. With `--again`
runs that are kept are made anew.

The novel is in the public domain; `coursepkg.data.load("time-machine")` fetches it, or finds it in the folder
that the environment variable COURSEPKG_DATA names.
"""

import argparse
import math
import multiprocessing
import os
import statistics
import sys
import time

import tables

WINDOW, TRAINING, VALIDATION, UNITS = 32, 10_000, 5_000, 32
SEEDS = range(5)
MODELS = {  # cells, published epochs and learning rate, best published validation perplexity
    "RNN": (["SimpleRNNCell"], 100, 1.0, 7.19),
    "LSTM": (["LSTMCell"], 50, 4.0, 6.69),
    "GRU": (["GRUCell"], 50, 4.0, 6.55),
    "two-layer GRU": (["GRUCell", "GRUCell"], 100, 2.0, 6.11),
}
SETTINGS = {
    "published": "stochastic gradient descent, batches of 1,024, gradients clipped to a global norm of 1",
    "ours": "AdamW (learning rate 0.01 with a cosine decay, weight decay 0.05), batches of 256, gradients "
    "clipped to a global norm of 1, and for each model the epochs, the dropout above each layer and the "
    "recurrent dropout that the table names",
}
OURS = {  # epochs, dropout, recurrent dropout: chosen by validation perplexity at seed 0
    "RNN": (40, 0.1, 0.1),
    "LSTM": (30, 0.2, 0.3),
    "GRU": (20, 0.2, 0.2),
    "two-layer GRU": (20, 0.2, 0.2),
}
NAME, SCRIPT = "character-model", "character_model.py"


def windows():
    """Cuts the novel.

    Returns:
        Tuple of three int arrays `(windows, 33)`: training, validation, test; and the number of symbols. The
        last symbol stands for unknown characters, of which there are none.
    """
    import numpy as np

    from coursepkg import data

    text = data.load("time-machine").text
    symbols = {symbol: number for number, symbol in enumerate(sorted(set(text)))}
    ids = np.array([symbols[symbol] for symbol in text], dtype="int32")
    every = np.lib.stride_tricks.sliding_window_view(ids, WINDOW + 1)  # (windows, 33)
    cuts = [TRAINING, TRAINING + VALIDATION]
    return (*np.split(every, cuts), len(symbols) + 1)


def make_model(names, symbols, dropout=0.0, recurrent_dropout=0.0):
    """One-hot inputs, our cells, logits for each step: `(batch, 32)` ids -> `(batch, 32, symbols)`."""
    import keras

    from coursepkg import layers

    ids = keras.Input((WINDOW,), dtype="int32")
    states = keras.layers.Lambda(lambda ids: keras.ops.one_hot(ids, symbols))(ids)  # (batch, 32, symbols)
    for name in names:
        cell = getattr(layers, name)(UNITS, recurrent_dropout=recurrent_dropout)
        states = keras.layers.RNN(cell, return_sequences=True)(states)  # (batch, 32, units)
        states = keras.layers.Dropout(dropout)(states)
    return keras.Model(ids, keras.layers.Dense(symbols)(states))


def train(task):
    """Trains one model.

    Args:
        task: tuple (model, setting, seed).

    Returns:
        Dict with the perplexities on training, validation and test windows, and how long it took.
    """
    name, setting, seed = task
    import keras

    from coursepkg import training

    began = time.perf_counter()
    cells, epochs, rate, _ = MODELS[name]
    train_windows, validation, test, symbols = windows()
    training.set_seed(seed)
    if setting == "published":
        batch, model = 1024, make_model(cells, symbols)
        optimizer = keras.optimizers.SGD(rate, global_clipnorm=1.0)
    else:
        batch, (epochs, *dropouts) = 256, OURS[name]
        model = make_model(cells, symbols, *dropouts)
        schedule = keras.optimizers.schedules.CosineDecay(0.01, epochs * math.ceil(TRAINING / batch))
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.05, global_clipnorm=1.0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss)
    model.fit(train_windows[:, :-1], train_windows[:, 1:], batch_size=batch, epochs=epochs, verbose=0)
    found = {"model": name, "setting": setting, "seed": seed, "parameters": model.count_params()}
    for part, part_windows in (("training", train_windows), ("validation", validation), ("test", test)):
        nats = model.evaluate(part_windows[:, :-1], part_windows[:, 1:], batch_size=1000, verbose=0)
        found[part] = math.exp(nats)
    return found | {"seconds": time.perf_counter() - began}


def as_tables(found):
    """The result as Markdown: medians over seeds, and from the lowest to the highest."""
    if found is None:
        return tables.NOTHING
    heads = [
        "",
        "parameters",
        "published, best",
        "validation, published settings",
        "validation, ours",
        "test, ours",
        "ours: epochs, dropout, recurrent dropout",
    ]
    rows = []
    for name, (*_, published) in MODELS.items():
        runs = [one for one in found["runs"] if one["model"] == name]
        if not runs:
            continue
        row = [name, str(runs[0]["parameters"]), f"{published:.2f}"]
        for setting, part in (("published", "validation"), ("ours", "validation"), ("ours", "test")):
            values = [one[part] for one in runs if one["setting"] == setting]
            spread = f" ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else ""
            row.append(f"{statistics.median(values):.2f}{spread}" if values else "")
        rows.append([*row, ", ".join(f"{value:g}" for value in OURS[name])])
    settings = "\n".join(f"- {name} settings: {text}." for name, text in SETTINGS.items())
    note = tables.sentence_on(found["machine"], found["date"])
    return f"{tables.table(heads, rows)}\n{settings}\n\n{note}\n"


def main(arguments=None):
    """Trains the models and writes the table; returns 1 if a published figure is not beaten by ours."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=MODELS, help="this one only")
    parser.add_argument("--setting", choices=SETTINGS, help="this one only")
    parser.add_argument("--again", action="store_true", help="also the runs that have a result")
    parser.add_argument("--processes", type=int, default=1, help="runs at the same time (1)")
    parser.add_argument("--results", default=str(tables.RESULTS), help="folder for the result")
    parser.add_argument("--table", action="store_true", help="measure nothing, write the table")
    options = parser.parse_args(arguments)
    results = tables.Path(options.results)
    found = tables.load(NAME, results) or {"runs": []}
    if not options.table:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        models = [options.model] if options.model else MODELS
        settings = [options.setting] if options.setting else SETTINGS
        tasks = [(name, setting, seed) for name in models for setting in settings for seed in SEEDS]
        if not options.again:
            kept = {(one["model"], one["setting"], one["seed"]) for one in found["runs"]}
            tasks = [task for task in tasks if task not in kept]
        with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
            for done, one in enumerate(pool.imap_unordered(train, tasks), 1):
                tables.keep(found, one, ("model", "setting", "seed"), tables.machine("keras", "tensorflow"))
                tables.save(NAME, found, results)
                print(
                    f"{done} of {len(tasks)}: {one['model']}, {one['setting']}, seed {one['seed']}: "
                    f"validation {one['validation']:.2f}, test {one['test']:.2f}, {one['seconds']:.0f} s",
                    flush=True,
                )
    if results == tables.RESULTS:
        tables.write_tables(SCRIPT, as_tables(found))
    code = 0
    for name, (*_, published) in MODELS.items():
        runs = [one for one in found["runs"] if (one["model"], one["setting"]) == (name, "ours")]
        worst = max((one["validation"] for one in runs), default=math.inf)
        if worst >= published:
            print(f"{name}: {worst:.2f} is not below the published {published}")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
