#!/bin/bash
# In the course folder, which lies on a file system that all nodes share:
#   COURSEPKG_SLURM=/path/to/deploy/slurm JOBS=8 sbatch /path/to/deploy/slurm/grade.sh ASSIGNMENT [options of coursepkg grade]
# This job holds the scheduler and the grader; they ask for the workers' jobs. Interrupted or out of time, it may be
# submitted again: what is graded is kept, and the rest stays queued.
#SBATCH --job-name=grade
#SBATCH --cpus-per-task=1
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
set -euo pipefail

assignment=${1:?"usage: sbatch grade.sh ASSIGNMENT [options]"}
shift
recipe=${COURSEPKG_SLURM:-deploy/slurm} # the folder of cluster.py
address_file=$(mktemp "$PWD/.scheduler.XXXXXX")

python "$recipe/cluster.py" --jobs "${JOBS:-8}" --address-file "$address_file" &
cluster=$!
grader=
finish() {
    [[ -z $grader ]] || kill -TERM "$grader" 2>/dev/null || true
    [[ -z $grader ]] || wait "$grader" || true
    kill -TERM "$cluster" 2>/dev/null || true
    wait "$cluster" || true
    rm -f "$address_file"
}
trap finish EXIT
trap 'exit 130' TERM INT

until [[ -s $address_file ]]; do
    kill -0 "$cluster" || exit 2 # it could not start, and has said why
    sleep 1
done
coursepkg grade "$assignment" --scheduler "$(cat "$address_file")" "$@" &
grader=$!
code=0
wait "$grader" || code=$?
grader=
exit "$code"
