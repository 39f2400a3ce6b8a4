import { spawn } from 'node:child_process';

/** The matrix that `src/bench/spectra.ts` ends with, median of three. */
const PROGRAM = `
import json, time, torch
a = torch.rand(1024, 4096) - 0.5
times = []
for _ in range(4):
    start = time.perf_counter()
    torch.linalg.svdvals(a)
    times.append(time.perf_counter() - start)
print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "seconds": sorted(times[1:])[1]}))
`;

/**
 * What `torch.linalg.svdvals` (float32) takes for 1024 × 4096 on this machine, all cores; or why it is not known.
 * @param {string | undefined} python the interpreter, from the variable `PYTHON`
 * @returns {Promise<{torch: string, threads: number, seconds: number} | {absent: string}>}
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
