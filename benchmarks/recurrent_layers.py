"""How long a training step of our cells takes, beside Keras's built-ins and PyTorch's, on this machine's CPU.

Run it on a machine that does nothing else: `python benchmarks/recurrent_layers.py`, about ten minutes. It
needs PyTorch and JAX as well (`pip install torch jax`). Layers that are compared take turns in one process,
step by step, so that whatever slows the machine down slows down both. PyTorch's layers run with oneDNN, the
library of fused kernels that it uses by itself, and without. The tables go into benchmarks/README.md.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

import tables

GRID = [  # batch, timesteps, units; as many features as units
    (32, 50, 64),
    (32, 200, 128),
    (128, 100, 128),
    (32, 100, 256),
    (32, 400, 128),
    (32, 100, 512),
]
SMALL = [(2, 4, 3)]  # a smoke run, for the tests
CELLS = ["LSTM", "GRU"]
FRAMEWORKS = ["tensorflow", "jax", "pytorch"]
STEPS, WARM_UP = 15, 3
ALONE = [  # whose memory is measured, each in a process of its own
    ("tensorflow", "ours"),
    ("tensorflow", "built-in"),
    ("jax", "ours"),
    ("jax", "built-in"),
    ("pytorch", "built-in"),
]
NAME, SCRIPT = "recurrent-layers", "recurrent_layers.py"


def keras_step(kind, cell, size):
    """Makes a function that trains a Keras layer for one step.

    Args:
        kind: `"ours"` or `"built-in"`.
        cell: `"LSTM"` or `"GRU"`.
        size: tuple (batch, timesteps, units).

    Returns:
        Callable without arguments.
    """
    import keras
    import numpy as np

    from coursepkg import layers

    batch, timesteps, units = size
    if kind == "ours":
        layer = keras.layers.RNN(getattr(layers, f"{cell}Cell")(units))
    else:
        layer = getattr(keras.layers, cell)(units)
    model = keras.Sequential([keras.Input((timesteps, units)), layer, keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mean_squared_error", jit_compile="auto")
    random = np.random.default_rng(0)
    inputs = random.normal(size=(batch, timesteps, units)).astype("float32")
    targets = random.normal(size=(batch, 1)).astype("float32")
    return lambda: model.train_on_batch(inputs, targets)


def pytorch_step(kind, cell, size):
    """The same for `torch.nn.LSTM` or `torch.nn.GRU`; `kind` is `"built-in"` or `"without oneDNN"`."""
    import torch

    batch, timesteps, units = size
    recurrent = getattr(torch.nn, cell)(units, units, batch_first=True)
    dense = torch.nn.Linear(units, 1)
    optimizer = torch.optim.Adam([*recurrent.parameters(), *dense.parameters()])
    inputs, targets = torch.randn(batch, timesteps, units), torch.randn(batch, 1)

    def step():
        with torch.backends.mkldnn.flags(enabled=kind == "built-in"):
            optimizer.zero_grad()
            outputs, _ = recurrent(inputs)
            loss = torch.nn.functional.mse_loss(dense(outputs[:, -1]), targets)
            loss.backward()
            optimizer.step()
            return loss.item()

    return step


def measure(framework, cell, size, only=None):
    """Times training steps in this process, the layers taking turns.

    Returns:
        Dict from layer to the median time of a step in seconds; `"peak"`: the most memory that this process
        held, in bytes.
    """
    make, kinds = keras_step, ("ours", "built-in")
    if framework == "pytorch":
        make, kinds = pytorch_step, ("built-in", "without oneDNN")
    steps = {kind: make(kind, cell, size) for kind in kinds if only in (None, kind)}
    seconds = {kind: [] for kind in steps}
    count = STEPS if only is None else 1  # one layer alone is there for its memory, which one step shows
    for number in range(WARM_UP + count):
        for kind, step in steps.items():
            began = time.perf_counter()
            step()
            if number >= WARM_UP:
                seconds[kind].append(time.perf_counter() - began)
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {kind: statistics.median(values) for kind, values in seconds.items()} | {"peak": peak}


def measure_apart(framework, cell, size, only=None):
    """The same in a process of its own, because a process has one backend and one peak of memory."""
    task = json.dumps([framework, cell, size, only])
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    backend = "tensorflow" if framework == "pytorch" else framework
    done = subprocess.run(
        [sys.executable, __file__, "--task", task],
        env={**os.environ, **quiet, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{framework}, {cell}, {size}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def run_times(grid, say=print):
    """Measures the time of a step, for every cell and size.

    Returns:
        List of dicts.
    """
    times = []
    for cell in CELLS:
        for size in grid:
            row = {"cell": cell, "size": list(size)}
            for framework in FRAMEWORKS:
                row[framework] = measure_apart(framework, cell, size)
                say(
                    f"{cell} {size} {framework}: "
                    + ", ".join(
                        f"{kind} {1000 * value:.1f} ms"
                        for kind, value in row[framework].items()
                        if kind != "peak"
                    )
                )
            times.append(row)
    return times


def run_memory(grid, say=print):
    """Measures the peak memory of a process that trains one layer, for every cell and size.

    Returns:
        List of dicts.
    """
    memory = []
    for cell in CELLS:
        for size in grid:
            for framework, layer in ALONE:
                peak = measure_apart(framework, cell, size, layer)["peak"]
                say(f"{cell} {size} {framework} {layer}: {peak / 2**20:,.0f} MiB", flush=True)
                memory.append(
                    {"cell": cell, "size": list(size), "framework": framework, "layer": layer, "peak": peak}
                )
    return memory


def as_tables(found):
    """The result as Markdown."""
    if found is None:
        return tables.NOTHING
    parts = [
        "Median time of a training step in milliseconds; in brackets, ours as a multiple of the built-in.\n"
    ]
    heads = ["batch, steps, units", "ours", "`keras.layers`", "JAX: ours", "JAX: `keras.layers`"]
    heads += ["PyTorch", "PyTorch without oneDNN"]
    for cell in CELLS:
        rows = []
        for row in found["times"]:
            if row["cell"] != cell:
                continue
            cells = [", ".join(map(str, row["size"]))]
            for framework in ("tensorflow", "jax"):
                ours, builtin = row[framework]["ours"], row[framework]["built-in"]
                cells += [f"{1000 * ours:.1f} ({ours / builtin:.2f})", f"{1000 * builtin:.1f}"]
            cells += [f"{1000 * row['pytorch'][kind]:.1f}" for kind in ("built-in", "without oneDNN")]
            rows.append(cells)
        parts.append(f"**{cell}**\n\n" + tables.table(heads, rows))
    parts.append(
        "Peak memory of a process that trains this layer and nothing else, its imports included, in MiB.\n"
    )
    for cell in CELLS:
        peaks = {}
        for one in found["memory"]:
            if one["cell"] == cell:
                peaks.setdefault(tuple(one["size"]), {})[one["framework"], one["layer"]] = one["peak"]
        rows = [
            [", ".join(map(str, size)), *(f"{peak[alone] / 2**20:,.0f}" for alone in ALONE)]
            for size, peak in peaks.items()
        ]
        parts.append(f"**{cell}**\n\n" + tables.table(heads[:-1], rows))
    parts.append(tables.sentence_on(found["machine"], found["date"]) + "\n")
    return "\n".join(parts)


def main(arguments=None):
    """Measures and writes the tables; returns 1 if one of our layers takes over 1.05 times the built-in."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="one tiny size, and nothing is written")
    parser.add_argument("--memory", action="store_true", help="measure memory alone, keep the times")
    parser.add_argument("--table", action="store_true", help="measure nothing, write the tables")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.task:
        framework, cell, size, only = json.loads(options.task)
        print(json.dumps(measure(framework, cell, tuple(size), only)))
        return 0
    if options.table:
        found = tables.load(NAME)
    elif options.memory:
        found = tables.load(NAME) | {"memory": run_memory(GRID)}
    else:
        grid = SMALL if options.small else GRID
        found = {"times": run_times(grid), "memory": run_memory(grid)}
        found |= {"machine": tables.machine("keras", "tensorflow", "jax", "torch"), "date": tables.today()}
    if options.small:
        print(as_tables(found))
        return 0
    tables.save(NAME, found)
    tables.write_tables(SCRIPT, as_tables(found))
    slower = [
        f"slower than the built-in: {row['cell']} {row['size']} on {framework}"
        for row in found["times"]
        for framework in ("tensorflow", "jax")
        if row[framework]["ours"] > 1.05 * row[framework]["built-in"]
    ]
    print("\n".join(slower))
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
