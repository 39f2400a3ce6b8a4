import { partRead } from '../../engine/seams.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { Experiment } from '../experiment.ts';
import type { Asked, Variant } from '../variant.ts';
import { answerAll, type AnsweringEngine } from './answer-all.ts';
import type { Answer } from './answer.ts';
import { type AnswerSettings, type Ask, planAsks } from './ask.ts';
import type { Answers } from './kept-answers.ts';

/** Questions put to variants, laid out: what is asked, and how it is answered. */
export interface Asking<Who extends Asked = Variant> {
  readonly asks: readonly Ask<Who>[];
  /**
   * Answers what is not finished: an engine here, or models elsewhere.
   *
   * @param some of the asks; left out: all
   * @throws NamedError `Cancelled`, those of who answers
   */
  run(work: LongWork<Answer>, some?: readonly Ask<Who>[]): Promise<Answers>;
}

/** Lays out what an engine on this machine is asked; every picture is read whole. @throws NamedError those of `planAsks` */
export async function askingHere(
  engine: AnsweringEngine,
  variants: readonly Variant[],
  experiments: readonly Experiment[],
  settings: AnswerSettings,
  work: Pick<LongWork<never>, 'signal' | 'onProgress'> = {},
): Promise<Asking> {
  const asks = await planAsks(variants, experiments, settings, work);
  return { asks, run: (long, some = asks) => answerAll(engine, some, settings, long) };
}

/** How many answers asks need: those that share a model and a question share one. */
export function answersOf(asks: readonly Ask<Asked>[]): number {
  return new Set(asks.map(({ key }) => key)).size;
}

/** How much of the prompts' layers is read, of 1: on WASM variants share some (`SharedLayers`); a GPU, or a service, reads for each by itself. */
export function partAsked(asks: readonly Ask<Asked>[]): number {
  const variants = new Set(asks.map(({ variant }) => variant));
  const subjects = [...variants].flatMap((variant) =>
    'subject' in variant ? [(variant as Variant).subject] : [],
  );
  return asks[0]?.settings.device === 'wasm' && subjects.length > 0 ? partRead(subjects) : 1;
}
