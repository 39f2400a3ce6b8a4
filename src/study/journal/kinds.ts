/** Every kind of work that has a journal and is no analysis, and what its records are. */
import type { Answer } from '../../evaluation/answers/answer.ts';
import type { JudgeVerdict } from '../../remote/judge.ts';
import type { GpuMemory } from './gpu-memory.ts';

export interface KeptRecords {
  readonly answers: Answer;
  readonly verdicts: JudgeVerdict;
  readonly 'gpu-memory': GpuMemory;
}
