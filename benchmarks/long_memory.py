"""Adding problem over 600 steps, copy memory over 1,000: our cells beside the figures of Bai et al. (2018).

Each network has one layer, as many weights as theirs, and their settings: batches of 32, Adam with 4e-3 for
adding, RMSprop with 5e-4 for copying, gradients clipped to 1. Theirs saw up to 500,000 sequences. Ours train
for a time that you choose, and the table says how many sequences they saw in it.

    python benchmarks/long_memory.py --seconds 600             # so long for each of the six networks
    python benchmarks/long_memory.py --task adding --cell GRU
"""

import argparse
import math
import sys
import time

import tables

TASKS = {  # steps, features, outputs, published weights, and the published losses
    "adding": (600, 2, 1, 70_000, {"RNN": 0.177, "LSTM": 0.164, "GRU": 5.3e-5}),
    "copy": (1020, 10, 10, 16_000, {"RNN": 0.0202, "LSTM": 0.0204, "GRU": 0.0197}),
}
WITHOUT_MEMORY = {"adding": 1 / 6, "copy": 10 * math.log(8) / 1020}
CELLS = {"RNN": "SimpleRNNCell", "LSTM": "LSTMCell", "GRU": "GRUCell"}
BATCH, TEST, EVERY = 32, 1000, 100
NAME, SCRIPT = "long-memory", "long_memory.py"


def units_for(cell, features, outputs, weights):
    """Finds how many units come closest to a number of weights, output layer included."""
    blocks = {"RNN": 1, "LSTM": 4, "GRU": 3}[cell]

    def count(units):
        biases = 2 if cell == "GRU" else 1  # with the reset gate after the product
        return blocks * units * (features + units + biases) + (units + 1) * outputs

    return min(range(1, 2000), key=lambda units: abs(count(units) - weights))


def batches(task, seed):
    """Draws a test set, and then new sequences without end.

    Yields:
        Tuples of inputs `(batch, timesteps, features)` and targets; the first one is the test set.
    """
    import numpy as np

    from coursepkg.data.generators import adding, copy_memory

    for number in range(10**9):
        count = TEST if number == 0 else BATCH
        if task == "adding":
            drawn = adding(count, 0, TASKS[task][0], seed=(seed, number))
            yield drawn.train_inputs.astype("float32"), drawn.train_labels.astype("float32")
        else:
            drawn = copy_memory(count, 0, silence=1000, seed=(seed, number))
            yield np.eye(10, dtype="float32")[drawn.train_inputs], drawn.train_labels


def make_model(task, cell):
    """One recurrent layer of the published size, and a layer on its last state or on every state."""
    import keras

    from coursepkg import layers

    steps, features, outputs, weights, _ = TASKS[task]
    units = units_for(cell, features, outputs, weights)
    recurrent = keras.layers.RNN(getattr(layers, CELLS[cell])(units), return_sequences=task == "copy")
    model = keras.Sequential([keras.Input((steps, features)), recurrent, keras.layers.Dense(outputs)])
    if task == "adding":
        model.compile(optimizer=keras.optimizers.Adam(4e-3, global_clipnorm=1.0), loss="mean_squared_error")
    else:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer=keras.optimizers.RMSprop(5e-4, global_clipnorm=1.0), loss=loss)
    return model


def train(task, cell, seed, seconds, say=print):
    """Trains one network for a while.

    Returns:
        Dict with the loss on 1,000 test sequences at the end and every so many steps.
    """
    import keras

    from coursepkg import training

    training.set_seed(seed)
    model = make_model(task, cell)
    source = batches(task, seed)
    test_inputs, test_targets = next(source)
    curve, step, began = [], 0, None
    while began is None or time.perf_counter() - began < seconds:
        model.train_on_batch(*next(source))
        began = began or time.perf_counter()  # compiling does not count
        step += 1
        if step % EVERY == 0:
            curve.append([step, float(model.evaluate(test_inputs, test_targets, TEST, verbose=0))])
            say(f"{task} {cell} seed {seed}: step {step}, {curve[-1][1]:.3g}", flush=True)
    loss = float(model.evaluate(test_inputs, test_targets, TEST, verbose=0))
    return {
        "task": task,
        "cell": cell,
        "seed": seed,
        "loss": loss,
        "best": min([loss, *(one for _, one in curve)]),
        "steps": step,
        "sequences": step * BATCH,
        "parameters": model.count_params(),
        "seconds": time.perf_counter() - began,
        "backend": keras.backend.backend(),
        "curve": curve,
    }


def accelerator():
    """The name of the graphics card that the backend computes on, or nothing."""
    import keras

    if keras.backend.backend() != "jax":
        return ""
    import jax

    device = jax.devices()[0]
    return "" if device.platform == "cpu" else device.device_kind


def as_tables(found):
    """The result as Markdown."""
    if found is None:
        return tables.NOTHING
    rows = []
    for task, (*_, published) in TASKS.items():
        for cell in CELLS:
            runs = [one for one in found["runs"] if (one["task"], one["cell"]) == (task, cell)]
            if not runs:
                continue
            losses = sorted(one["loss"] for one in runs)
            spread = f"{losses[0]:.3g}" + (f" to {losses[-1]:.3g}" if len(losses) > 1 else "")
            rows.append(
                [
                    f"{'adding, T = 600' if task == 'adding' else 'copy memory, T = 1,000'}, {cell}",
                    f"{runs[0]['parameters']:,}",
                    f"{published[cell]:.3g}",
                    spread,
                    f"{WITHOUT_MEMORY[task]:.3g}",
                    f"{min(one['sequences'] for one in runs):,}",
                    f"{min(one['seconds'] for one in runs) / 60:.0f}",
                ]
            )
    heads = [
        "task, network",
        "weights",
        "published loss",
        "ours",
        "without memory",
        "sequences seen",
        "minutes",
    ]
    return f"{tables.table(heads, rows)}\n{tables.sentence_on(found['machine'], found['date'])}\n"


def main(arguments=None):
    """Trains the networks, and writes the table after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=TASKS, help="this task only")
    parser.add_argument("--cell", choices=CELLS, help="this network only")
    parser.add_argument("--seconds", type=float, default=600.0, help="for each network (600)")
    parser.add_argument("--seeds", type=int, default=1, help="how many (1)")
    parser.add_argument("--results", default=str(tables.RESULTS), help="folder for the result")
    parser.add_argument("--table", action="store_true", help="measure nothing, write the table")
    options = parser.parse_args(arguments)
    results = tables.Path(options.results)
    found = tables.load(NAME, results) or {"runs": []}
    if not options.table:
        for task in [options.task] if options.task else TASKS:
            for cell in [options.cell] if options.cell else CELLS:
                for seed in range(options.seeds):
                    one = train(task, cell, seed, options.seconds)
                    machine = tables.machine("keras", "jax", "tensorflow") | {"accelerator": accelerator()}
                    tables.keep(found, one, ("task", "cell", "seed"), machine)
                    tables.save(NAME, found, results)
    if results == tables.RESULTS:
        tables.write_tables(SCRIPT, as_tables(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
