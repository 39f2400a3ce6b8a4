import { spawn } from 'node:child_process';

/** The matrix that `src/bench/spectra.ts` ends with, median of three. */
const PROGRAM = `
import json, time, torch
a = torch.rand(1024, 4096) - 0.5
cores = torch.get_num_threads()

def seconds(threads, rounds):
    torch.set_num_threads(threads)
    times, processor = [], []
    for _ in range(rounds):
        start, begun = time.perf_counter(), time.process_time()
        torch.linalg.svdvals(a)
        times.append(time.perf_counter() - start)
        processor.append(time.process_time() - begun)
    return sorted(times)[rounds // 2], sorted(processor)[rounds // 2]

seconds(1, 1)
(one, processor), (every, _) = seconds(1, 3), seconds(cores, 3)
print(json.dumps({"torch": torch.__version__, "threads": cores, "seconds": every, "secondsOneThread": one,
                  "processorSecondsOneThread": processor}))
`;

/**
 * @typedef {{
 *   torch: string,
 *   threads: number,
 *   seconds: number,
 *   secondsOneThread: number,
 *   processorSecondsOneThread: number,
 * }} TorchTimes `processorSecondsOneThread`: without the time in which other work had the core
 */

/**
 * What `torch.linalg.svdvals` (float32) takes for 1024 × 4096 on this machine, on one thread as ours does and on all cores; or
 * why it is not known. Where other work runs, threads wait for each other, and one is the better measure.
 * @param {string | undefined} python the interpreter, from the variable `PYTHON`
 * @returns {Promise<TorchTimes | {absent: string}>}
 */
export async function torchSvdvals(python = process.env['PYTHON']) {
  if (!python) return { absent: 'set PYTHON to an interpreter that has torch' };
  const child = spawn(python, ['-c', PROGRAM], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (/** @type {Buffer} */ data) => (text += data.toString()));
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  return code === 0 ? JSON.parse(text) : { absent: `${python} runs no torch` };
}
