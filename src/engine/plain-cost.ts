/** What one plain answer takes on this device: a position of a layer in a full prefill, and a decode step of one row. */
import { generate } from './generate.ts';
import type { Prepared } from './prepare.ts';
import type { ResidentSubject } from './resident.ts';
import type { Runtime } from './runtime.ts';
import type { PlainCost } from './worked.ts';

/** Steps of one answer, and answers of which the fastest counts; one before them has its graphs compiled. */
const STEPS = 8;
const ROUNDS = 2;

/** Reads the whole prompt, none of it kept from before, in one row, and says so many tokens whatever they are. */
export async function plainCost(
  runtime: Runtime,
  subject: ResidentSubject,
  { sequence, nextPosition }: Pick<Prepared, 'sequence' | 'nextPosition'>,
): Promise<PlainCost> {
  // Nothing that it could begin with from before, and no token that would end it.
  const whole = { ...sequence, imagePositions: [], ids: [] };
  const { config } = subject.rest;
  const tokens = { ...config.tokens, eos: [], image: -1, video: -1 };
  const endless = { ...subject, rest: { ...subject.rest, config: { ...config, tokens } } };
  const answer = async (steps: number): Promise<PlainCost> => {
    const begun = performance.now();
    let read = begun;
    await generate(runtime, endless, whole, {
      ...{ nextPosition, rows: [{}], rowsPerPrefill: 1, rowsPerBatch: 1, maxNewTokens: 1 + steps },
      ...{ sampling: { temperature: 0, seed: 0 }, sources: new Map() },
      onPrefilled: () => {
        read = performance.now();
      },
    });
    const cells = sequence.length * subject.layers.length;
    return { cell: (read - begun) / 1000 / cells, step: (performance.now() - read) / 1000 / steps };
  };
  await answer(1);
  const costs: PlainCost[] = [];
  for (let round = 0; round < ROUNDS; round++) costs.push(await answer(STEPS));
  return {
    cell: Math.min(...costs.map(({ cell }) => cell)),
    step: Math.min(...costs.map(({ step }) => step)),
  };
}
