#!/bin/bash
#SBATCH --job-name=swap
#SBATCH --array=1-16%8
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=4
#SBATCH --mem=32G
#SBATCH --time=04:00:00
#SBATCH --requeue
# One part of a sweep per task of the array, without Ray; then, once all have ended well,
#
#   sbatch --dependency=afterok:ARRAY_ID cluster/examples/slurm-combine.sh RUN
#
# writes the result. Submitted from the app's folder, built: sbatch cluster/examples/slurm-array.sh MODEL PAIRS RUN
# A task that is requeued goes on with its journal. Not run: no Slurm was at hand.
set -euo pipefail
model=$1 pairs=$2 run=$3

part="$SLURM_ARRAY_TASK_ID-of-$SLURM_ARRAY_TASK_COUNT"
export FRANKENSCOPE_CACHE="$run/journals/$part"
exec node scripts/headless.mjs swap --model "$model" --pairs "$pairs" --shard auto --out "$run/parts/$part"
