"""The Time Machine character model, as a well-known book trains it: our cells beside its published figures.

Windows of 32 characters; the first 10,000 are for training, the next 5,000 for validation; 32 units, one-hot
inputs. Each model is trained with the published settings and with ours, from five seeds. The last windows of
the novel, from number 15,000 on, are read by nobody before the end.

    python benchmarks/character_model.py                 # all runs, one after the other
    python benchmarks/character_model.py --processes 16  # so many at a time

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
    "ours": "AdamW (learning rate 0.01 with a cosine decay, weight decay 0.05), batches of 256, 30 epochs, "
    "10 % dropout before the output layer, gradients clipped to a global norm of 1",
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


def make_model(names, symbols, dropout):
    """One-hot inputs, our cells, logits for each step: `(batch, 32)` ids -> `(batch, 32, symbols)`."""
    import keras

    from coursepkg import layers

    ids = keras.Input((WINDOW,), dtype="int32")
    states = keras.layers.Lambda(lambda ids: keras.ops.one_hot(ids, symbols))(ids)  # (batch, 32, symbols)
    for name in names:
        states = keras.layers.RNN(getattr(layers, name)(UNITS), return_sequences=True)(states)
    states = keras.layers.Dropout(dropout)(states)  # (batch, 32, units)
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
    model = make_model(cells, symbols, dropout=0.1 if setting == "ours" else 0.0)
    if setting == "published":
        batch = 1024
        optimizer = keras.optimizers.SGD(rate, global_clipnorm=1.0)
    else:
        batch, epochs = 256, 30
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
        "published, best",
        "validation, published settings",
        "validation, ours",
        "test, ours",
        "parameters",
    ]
    rows = []
    for name, (*_, published) in MODELS.items():
        row = [name, f"{published:.2f}"]
        for setting, part in (("published", "validation"), ("ours", "validation"), ("ours", "test")):
            values = [one[part] for one in found["runs"] if (one["model"], one["setting"]) == (name, setting)]
            row.append(f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")
        row.append(str(next(one["parameters"] for one in found["runs"] if one["model"] == name)))
        rows.append(row)
    settings = "\n".join(f"- {name} settings: {text}." for name, text in SETTINGS.items())
    note = tables.sentence_on(found["machine"], found["date"])
    return f"{tables.table(heads, rows)}\n{settings}\n\n{note}\n"


def main(arguments=None):
    """Trains all models and writes the table; returns 1 if a published figure is not beaten by ours."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=1, help="runs at the same time (1)")
    parser.add_argument("--results", default=str(tables.RESULTS), help="folder for the result")
    parser.add_argument("--table", action="store_true", help="measure nothing, write the table")
    options = parser.parse_args(arguments)
    results = tables.Path(options.results)
    if not options.table:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        tasks = [(name, setting, seed) for name in MODELS for setting in SETTINGS for seed in SEEDS]
        runs = []
        with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
            for one in pool.imap_unordered(train, tasks):
                runs.append(one)
                print(
                    f"{len(runs)} of {len(tasks)}: {one['model']}, {one['setting']}, seed {one['seed']}: "
                    f"validation {one['validation']:.2f}, test {one['test']:.2f}, {one['seconds']:.0f} s",
                    flush=True,
                )
        runs.sort(key=lambda one: (one["model"], one["setting"], one["seed"]))
        found = {
            "runs": runs,
            "machine": tables.machine("keras", "tensorflow", "jax"),
            "date": tables.today(),
        }
        tables.save(NAME, found, results)
    found = tables.load(NAME, results)
    if results == tables.RESULTS:
        tables.write_tables(SCRIPT, as_tables(found))
    code = 0
    for name, (*_, published) in MODELS.items():
        worst = max(
            one["validation"] for one in found["runs"] if (one["model"], one["setting"]) == (name, "ours")
        )
        if worst >= published:
            print(f"{name}: {worst:.2f} is not below the published {published}")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
