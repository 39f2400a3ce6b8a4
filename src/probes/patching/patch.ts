/** Cross-checkpoint patching: from which layer on does one model answer like another (docs/method.md §12)? */
import type { ImageReading, PromptSpec } from '../../engine/protocol/prompt.ts';
import type { Subject } from '../../engine/subject.ts';
import { NamedError } from '../../named-error.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { Problem } from '../data/problem.ts';
import { eachGroup } from '../each-sample.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import { problemPrompt } from '../problem-prompt.ts';
import { samplesPerBatch } from '../rows-at-once.ts';
import type { FinishedAnswer } from '../finished-answer.ts';
import { finishedAnswer } from '../finished-answer.ts';

/**
 * The model in which the recipient's hidden states after `depth` layers are the donor's, at every position of the prompt and
 * of the answer: embeddings, vision tower, projector and layers before `depth` of the donor (so their keys and
 * values too), layers from `depth` on, final norm and head of the recipient. Depth 0 hands over the embeddings alone; at
 * full depth the recipient gives only norm and head. This equals running both models on the same tokens side by side and
 * overwriting the recipient's residual stream.
 *
 * @throws NamedError `UnknownDepth`.
 */
export function patched(donor: Subject, recipient: Subject, depth: number): Subject {
  const layers = recipient.layers.length;
  if (!Number.isInteger(depth) || depth < 0 || depth > layers) {
    throw new NamedError(
      'UnknownDepth',
      `there is no depth ${depth}`,
      { field: 'depth' },
      `from 0 to ${layers} layers`,
    );
  }
  return {
    layers: [...donor.layers.slice(0, depth), ...recipient.layers.slice(depth)],
    rest: donor.rest,
    head: recipient.head ?? recipient.rest,
  };
}

export interface PatchSweep {
  readonly donor: Subject;
  readonly recipient: Subject;
  readonly depths: readonly number[];
  readonly maxNewTokens: number;
  /** Answers at most this many questions at once; memory may allow fewer. */
  readonly rowsPerBatch?: number;
  readonly prompt?: Pick<PromptSpec, 'system' | keyof ImageReading>;
}

/** One answer of one of the runs: the two models as they are, and one run per depth. */
export interface PatchRecord {
  readonly id: string;
  readonly run: 'donor' | 'recipient' | number;
  readonly question: string;
  readonly answer: string;
  readonly said: FinishedAnswer;
}

/** What a record is filed under. */
export function patchKey({ run, id }: Pick<PatchRecord, 'run' | 'id'>): string {
  return `${run}/${id}`;
}

/**
 * Answers every question by donor, recipient and each patched model, several questions at once. Runs go depth by depth, since each is another model;
 * keys are `<run>/<id>`.
 *
 * @throws NamedError `Cancelled`, `UnknownDepth`, and the engine's.
 */
export async function sweepPatches(
  engine: ProbeEngine,
  items: readonly Problem[],
  { donor, recipient, depths, maxNewTokens, rowsPerBatch, prompt }: PatchSweep,
  work: LongWork<PatchRecord> = {},
): Promise<readonly PatchRecord[]> {
  const runs: readonly (readonly [PatchRecord['run'], Subject])[] = [
    ['recipient', recipient],
    ['donor', donor],
    ...depths.map((depth) => [depth, patched(donor, recipient, depth)] as const),
  ];
  const asked = runs.flatMap(([run, subject]) => items.map((item) => ({ run, subject, item })));
  return eachGroup(asked, work, {
    ...{ engine, subjects: [donor, recipient], size: samplesPerBatch(1, rowsPerBatch) },
    keyOf: ({ run, item: { id } }) => patchKey({ run, id }),
    compute: async (group, lane, signal) => {
      const records: PatchRecord[] = [];
      for (const run of new Set(group.map((one) => one.run))) {
        const own = group.filter((one) => one.run === run);
        const prompts = await Promise.all(own.map(({ item }) => problemPrompt(item, prompt)));
        const answers = await asJob(lane, signal, (job) =>
          lane.generateAll({
            job,
            subject: (own[0] as (typeof own)[number]).subject,
            maxNewTokens,
            ...(rowsPerBatch === undefined ? {} : { rowsPerBatch }),
            prompts,
          }),
        );
        for (const [index, { item }] of own.entries()) {
          const { id, question, answer } = item;
          records.push({ id, run, question, answer, said: finishedAnswer(answers[index]?.rows[0]) });
        }
      }
      return records;
    },
  });
}
