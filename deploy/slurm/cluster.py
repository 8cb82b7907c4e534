"""A Dask cluster of SLURM jobs for `coursepkg grade --scheduler`: one job, one submission at a time.

    python cluster.py --jobs 16 --address-file scheduler-address

starts the scheduler here, asks SLURM for workers, and ends both at Ctrl-C or SIGTERM. `--print` shows the
job that would be submitted. What differs from site to site (partition, account, modules) stands in SITE.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from dask_jobqueue import SLURMCluster

SITE = {
    "queue": None,  # the partition, such as "cpu"
    "account": None,
    "walltime": "04:00:00",
    "job_extra_directives": ["--signal=TERM@60"],  # a minute to give back what is in hand
    # For the job's shell before the worker starts: `module load ...`, and what nbgrader_config.py reads.
    "job_script_prologue": [
        "export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1",
        "export TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=-1",
    ],
}


def make_cluster(cores=1, memory="5GiB", **site):
    """Makes the cluster, without jobs yet.

    Args:
        cores: int, of one job.
        memory: str, of one job: 1 GiB for the grader and its warm parent, and what one submission may use.
        **site: what differs from `SITE`.

    Returns:
        `dask_jobqueue.SLURMCluster`.
    """
    return SLURMCluster(
        cores=cores,
        processes=1,
        memory=memory,
        nanny=False,
        python=sys.executable,
        # SLURM holds the job to its memory; Dask would stop a worker for what its neighbours use.
        worker_extra_args=["--memory-limit", "0", "--no-dashboard"],
        scheduler_options={"dashboard": False},
        **{**SITE, **site},
    )


def main():
    """Runs the cluster until it is stopped."""
    parser = argparse.ArgumentParser(description="A Dask cluster of SLURM jobs for coursepkg grade.")
    parser.add_argument(
        "--jobs", type=int, default=8, help="workers, each grades one submission at a time (8)"
    )
    parser.add_argument("--memory", default="5GiB", help="of one job (5GiB)")
    parser.add_argument("--address-file", help="where to write the scheduler's address")
    parser.add_argument("--print", action="store_true", help="only show the job that would be submitted")
    options = parser.parse_args()
    with make_cluster(memory=options.memory) as cluster:
        if options.print:
            print(cluster.job_script())
            return
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        cluster.scale(jobs=options.jobs)
        if options.address_file:
            Path(options.address_file).write_text(cluster.scheduler_address)
        print(cluster.scheduler_address, flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
