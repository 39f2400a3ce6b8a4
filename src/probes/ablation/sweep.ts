/** Zero ablation: what a layer adds to the residual stream is left out (docs/method.md §3). */
import type { ImageReading, PromptSpec } from '../../engine/protocol/prompt.ts';
import type { Subject } from '../../engine/subject.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { Problem } from '../data/problem.ts';
import { eachGroup } from '../each-sample.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import { problemPrompt } from '../problem-prompt.ts';
import { samplesPerBatch } from '../rows-at-once.ts';
import type { FinishedAnswer } from '../finished-answer.ts';
import { finishedAnswer } from '../finished-answer.ts';
import { checkProbed } from '../swap/mode.ts';
import type { AblationExperiment } from './experiment.ts';

export interface AblationSweep {
  readonly subject: Subject;
  readonly experiments: readonly AblationExperiment[];
  /** 2048 in the reference code, 128 in P1's table. */
  readonly maxNewTokens: number;
  /** Text before each question. */
  readonly prefix?: string;
  /** Answers at most this many rows at once, of several problems where they fit; memory may allow fewer. */
  readonly rowsPerBatch?: number;
  readonly prompt?: Pick<PromptSpec, 'system' | keyof ImageReading>;
}

/** One problem with the baseline's answer and each experiment's. Right or wrong is decided later, from this. */
export interface AblationRecord {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly choices?: readonly string[];
  readonly hasImage: boolean;
  readonly baseline: FinishedAnswer;
  readonly ablated: readonly AblatedAnswer[];
}

export interface AblatedAnswer extends FinishedAnswer {
  readonly experiment: string;
}

/**
 * Answers every problem plain and under every experiment, all as rows of a batch that several problems share,
 * greedily. A record per problem.
 *
 * @throws NamedError `Cancelled`, `UnknownLayer`, `NoLayers`, and the engine's, naming the problem.
 */
export async function sweepAblations(
  engine: ProbeEngine,
  problems: readonly Problem[],
  sweep: AblationSweep,
  work: LongWork<AblationRecord> = {},
): Promise<readonly AblationRecord[]> {
  const touched = sweep.experiments.flatMap(({ ablate }) => ablate.map(({ layer }) => layer));
  checkProbed(touched, sweep.subject.layers.length);
  const size = samplesPerBatch(1 + sweep.experiments.length, sweep.rowsPerBatch);
  return eachGroup(problems, work, {
    ...{ engine, subjects: [sweep.subject], size },
    keyOf: ({ id }) => id,
    compute: (group, lane, signal) => ablateProblems(lane, group, sweep, signal),
  });
}

async function ablateProblems(
  engine: ProbeEngine,
  problems: readonly Problem[],
  sweep: AblationSweep,
  signal: AbortSignal | undefined,
): Promise<AblationRecord[]> {
  const { subject, experiments, maxNewTokens, prefix, rowsPerBatch, prompt } = sweep;
  const rows = [{}, ...experiments.map(({ ablate }) => ({ ablate }))];
  const prompts = await Promise.all(problems.map((problem) => problemPrompt(problem, prompt, prefix)));
  const answers = await asJob(engine, signal, (job) =>
    engine.generateAll({
      job,
      subject,
      maxNewTokens,
      ...(rowsPerBatch === undefined ? {} : { rowsPerBatch }),
      prompts: prompts.map((asked) => ({ ...asked, rows })),
    }),
  );
  return problems.map((problem, index) => {
    const [baseline, ...ablated] = answers[index]?.rows ?? [];
    const { id, question, answer, choices } = problem;
    return {
      id,
      question,
      answer,
      ...(choices ? { choices } : {}),
      hasImage: problem.image !== undefined,
      baseline: finishedAnswer(baseline),
      ablated: experiments.map(({ name }, at) => ({ experiment: name, ...finishedAnswer(ablated[at]) })),
    };
  });
}
