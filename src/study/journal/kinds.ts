/** Every kind of work that has a journal, and what its records are. */
import type { Answer } from '../../evaluation/answers/answer.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import type { LensRecord } from '../../probes/lens/lens.ts';
import type { PatchRecord } from '../../probes/patching/patch.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import type { JudgeVerdict } from '../../remote/judge.ts';
import type { SpectrumRecord } from '../../spectra/diversity.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import type { OverlapRecord } from '../../spectra/overlap.ts';
import type { GpuMemory } from './gpu-memory.ts';

export interface KeptRecords {
  readonly energy: EnergyRecord;
  readonly diversity: SpectrumRecord;
  readonly overlap: OverlapRecord;
  readonly swap: SwapRecord;
  readonly ablate: AblationRecord;
  readonly attention: AttentionRecord;
  readonly lens: LensRecord;
  readonly patch: PatchRecord;
  readonly answers: Answer;
  readonly verdicts: JudgeVerdict;
  readonly 'gpu-memory': GpuMemory;
}
