#!/bin/bash
#SBATCH --job-name=frankenscope-ray
#SBATCH --nodes=5
#SBATCH --ntasks-per-node=1
#SBATCH --gres=gpu:8
#SBATCH --cpus-per-task=64
#SBATCH --mem=0
#SBATCH --exclusive
#SBATCH --time=12:00:00
# A cluster of Ray's within one job, and a run in parts on it: sbatch cluster/examples/slurm-ray.sh COMMAND FLAGS… --parts N --out DIR
# DIR lies on storage that all nodes share. Not run: no Slurm was at hand.
set -euo pipefail

head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
address="$head:6379"
export RAY_USAGE_STATS_ENABLED=0

srun --nodes=1 --ntasks=1 --nodelist="$head" ray start --head --node-ip-address="$head" --port=6379 --block &
sleep 20
if [ "$SLURM_JOB_NUM_NODES" -gt 1 ]; then
  srun --nodes=$((SLURM_JOB_NUM_NODES - 1)) --ntasks=$((SLURM_JOB_NUM_NODES - 1)) --exclude="$head" \
    ray start --address="$address" --block &
  sleep 20
fi
srun --overlap --nodes=1 --ntasks=1 --nodelist="$head" frankenscope-ray "$@" --address "$address" --gpus-per-part 1
