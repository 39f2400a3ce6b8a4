#!/bin/bash
#SBATCH --job-name=combine
#SBATCH --cpus-per-task=2
#SBATCH --mem=8G
#SBATCH --time=00:30:00
# After slurm-array.sh: RUN/result out of RUN/parts. Not run: no Slurm was at hand.
set -euo pipefail
run=$1

exec node scripts/headless.mjs combine "$run"/parts/* --out "$run/result"
