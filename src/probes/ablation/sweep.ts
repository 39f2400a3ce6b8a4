/** Zero ablation: what a layer adds to the residual stream is left out (method.md §3). */
import type { PromptSpec } from '../../engine/protocol.ts';
import type { Subject } from '../../engine/subject.ts';
import type { LongWork } from '../../study/work.ts';
import type { Problem } from '../data/problem.ts';
import { eachSample } from '../each-sample.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import type { Said } from '../said.ts';
import { saidBy } from '../said.ts';
import { checkLayers } from '../swap/mode.ts';
import type { AblationExperiment } from './experiment.ts';

export interface AblationSweep {
  readonly subject: Subject;
  readonly experiments: readonly AblationExperiment[];
  /** 2048 in the reference code, 128 in P1's table. */
  readonly maxNewTokens: number;
  /** The text put to the model for a problem; default: its question alone. */
  readonly ask?: (problem: Problem) => string;
  readonly rowsPerBatch?: number;
  readonly prompt?: Pick<PromptSpec, 'system' | 'maxImagePixels'>;
}

/** One problem with the baseline's answer and each experiment's. Right or wrong is decided later, from this. */
export interface AblationRecord {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly choices?: readonly string[];
  readonly hasImage: boolean;
  readonly baseline: Said;
  readonly ablated: readonly AblatedAnswer[];
}

export interface AblatedAnswer extends Said {
  readonly experiment: string;
}

/**
 * Answers every problem plain and under every experiment, all as rows of one batch, greedily. A record per problem.
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
  checkLayers(touched, sweep.subject.layers.length);
  return eachSample(
    problems,
    ({ id }) => id,
    work,
    (problem) => ablateProblem(engine, problem, sweep, work.signal),
  );
}

async function ablateProblem(
  engine: ProbeEngine,
  problem: Problem,
  sweep: AblationSweep,
  signal: AbortSignal | undefined,
): Promise<AblationRecord> {
  const { subject, experiments, maxNewTokens, ask, rowsPerBatch, prompt } = sweep;
  const { rows } = await asJob(engine, signal, (job) =>
    engine.generate(
      {
        ...prompt,
        job,
        subject,
        prompt: ask ? ask(problem) : problem.question,
        images: problem.image ? [problem.image] : [],
        maxNewTokens,
        ...(rowsPerBatch === undefined ? {} : { rowsPerBatch }),
        rows: [{}, ...experiments.map(({ ablate }) => ({ ablate }))],
      },
      () => undefined,
    ),
  );
  const [baseline, ...ablated] = rows;
  const { id, question, answer, choices } = problem;
  return {
    id,
    question,
    answer,
    ...(choices ? { choices } : {}),
    hasImage: problem.image !== undefined,
    baseline: saidBy(baseline),
    ablated: experiments.map(({ name }, index) => ({ experiment: name, ...saidBy(ablated[index]) })),
  };
}
