/** The page behind `npm run bench`. */
import { proxy, wrap } from 'comlink';
import { installErrorTransfer } from '../work/error-transfer.ts';
import type { Device } from '../engine/protocol/device.ts';
import type { BeforeRead } from './bare-read.ts';
import type { Part, runBench } from './run.ts';
import { readParts } from './run.ts';

installErrorTransfer();
globalThis.frankenscopeBench = {
  async run(flags) {
    const only = typeof flags['only'] === 'string' ? flags['only'] : undefined;
    const results: Record<string, unknown> = {};
    for (const part of readParts(only))
      Object.assign(
        results,
        await runPart(part, flags['device'] as Device, flags['uncached'] ? frankenscopeDropCached : nothing),
      );
    return results;
  },
};

const nothing: BeforeRead = () => Promise.resolve();

/** In a worker of its own, so that no part runs in the memory another has used up. */
async function runPart(
  part: Part,
  device: Device | undefined,
  beforeRead: BeforeRead,
): Promise<Record<string, unknown>> {
  const worker = new Worker(new URL('../../workers/bench.ts', import.meta.url), { type: 'module' });
  try {
    const { run } = wrap<{ run: typeof runBench }>(worker);
    return await run(
      device,
      [part],
      proxy((line: string) => console.info(line)),
      proxy(beforeRead),
    );
  } finally {
    worker.terminate();
  }
}
