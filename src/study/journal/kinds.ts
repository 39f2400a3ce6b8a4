/** Every kind of work that has a journal and is no analysis, and what its records are. */
import type { Answer } from '../../evaluation/answers/answer.ts';
import type { JudgeVerdict } from '../../remote/judge.ts';
import type { SpectrumRecord } from '../../spectra/diversity.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import type { OverlapRecord } from '../../spectra/overlap.ts';
import type { GpuMemory } from './gpu-memory.ts';

export interface KeptRecords {
  readonly energy: EnergyRecord;
  readonly diversity: SpectrumRecord;
  readonly overlap: OverlapRecord;
  readonly answers: Answer;
  readonly verdicts: JudgeVerdict;
  readonly 'gpu-memory': GpuMemory;
}
