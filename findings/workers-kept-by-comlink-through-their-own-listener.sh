#!/usr/bin/env bash
# A worker wrapped by Comlink stays in memory for good once a listener of its own leads to the proxy.
#
# Version:  comlink 4.4.2.
# Expected: a worker, its proxy and a listener that know only each other, and that nothing else holds, are collected. Comlink registers
#           each proxy, so that its worker is let go of when the proxy is collected.
# Happens:  that registry itself holds the worker for as long as the proxy lives. A listener for 'error' on the worker that uses the proxy
#           (to fail its calls, say) closes the circle: neither is ever collected. Terminating the worker changes nothing; taking the listener
#           off, or releasing the proxy, does. A page that starts workers by the job grows by each of them.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm init -y > /dev/null && npm install --silent comlink@4.4.2 > /dev/null)

cat > "$work/kept.mjs" <<'JS'
import { setTimeout as pause } from 'node:timers/promises';
import { releaseProxy, wrap } from 'comlink';

/** What Comlink asks of a worker. */
class Endpoint extends EventTarget {
  postMessage() {}
}

function begun({ listens, ends = () => undefined }) {
  const worker = new Endpoint();
  const service = wrap(worker);
  const failed = () => console.log(typeof service);
  if (listens) worker.addEventListener('error', failed);
  ends(worker, service, failed);
  return new WeakRef(worker);
}

const cases = {
  'no listener': { listens: false },
  'a listener that uses the proxy': { listens: true },
  'the same, taken off': { listens: true, ends: (worker, _, failed) => worker.removeEventListener('error', failed) },
  'the same, proxy released': { listens: true, ends: (_, service) => service[releaseProxy]() },
};
const workers = Object.entries(cases).map(([name, how]) => [name, Array.from({ length: 20 }, () => begun(how))]);
for (let i = 0; i < 10; i++) {
  await pause(20);
  gc();
}
for (const [name, refs] of workers)
  console.log(`${name}: ${refs.filter((ref) => ref.deref() !== undefined).length} of ${refs.length} workers are left`);
JS
(cd "$work" && node --expose-gc kept.mjs) > "$work/seen"

cat "$work/seen"
# Seen:
#   no listener: 0 of 20 workers are left
#   a listener that uses the proxy: 20 of 20 workers are left
#   the same, taken off: 0 of 20 workers are left
#   the same, proxy released: 0 of 20 workers are left
diff "$work/seen" - <<'SEEN'
no listener: 0 of 20 workers are left
a listener that uses the proxy: 20 of 20 workers are left
the same, taken off: 0 of 20 workers are left
the same, proxy released: 0 of 20 workers are left
SEEN
