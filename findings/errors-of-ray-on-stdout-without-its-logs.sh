#!/usr/bin/env bash
# Ray prints on the driver's stdout what happens to its processes, also where the driver asked for no logs.
#
# Version:  ray 2.60.0 (plain, without extras).
# Expected: with ray.init(log_to_driver=False), which Ray's own hint names as the way to silence what it forwards, a program's stdout
#           holds what the program prints: its JSON can be read by another.
# Happens:  a worker that dies, which the program takes as an exception, prints lines of "(raylet)" to stdout all the same, coloured,
#           beside the JSON.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/driver.py" <<'PY'
import json, logging, os, signal, time
import ray

ray.init(address="local", num_cpus=1, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False,
         object_store_memory=100 << 20)

@ray.remote(max_retries=0)
def dies():
    os.kill(os.getpid(), signal.SIGKILL)

try:
    ray.get(dies.remote())
except ray.exceptions.WorkerCrashedError as error:
    caught = type(error).__name__
time.sleep(5)
print(json.dumps({"version": ray.__version__, "caught": caught}))
ray.shutdown()
PY
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check ray==2.60.0 2>/dev/null
RAY_USAGE_STATS_ENABLED=0 "$work/env/bin/python" "$work/driver.py" > "$work/stdout" 2>/dev/null

sed -n 's/\x1b\[[0-9;]*m//g; s/\(A worker died or was killed while executing a task\).*/\1/; /^(raylet)\|^{/p' "$work/stdout" | sort > "$work/seen"
cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
(raylet) A worker died or was killed while executing a task
{"version": "2.60.0", "caught": "WorkerCrashedError"}
SEEN
