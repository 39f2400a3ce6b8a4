import { answerAll, type AnsweringEngine } from '../../evaluation/answers/answer-all.ts';
import type { Answerer } from './answer-run.svelte.ts';

/** Variants are asked of the engine on this machine. */
export function answererOf(engine: AnsweringEngine): Answerer {
  return (asks, settings, work) => answerAll(engine, asks, settings, work);
}
