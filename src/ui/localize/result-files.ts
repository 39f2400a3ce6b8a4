/** The page's results as the files the reference implementation writes (and ours). */
import { ablationResultsFile, errorRates } from '../../probes/ablation/error-rates.ts';
import { ablateLayer, type AblatedPart } from '../../probes/ablation/experiment.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import type { Definition } from '../../probes/answers/judged.ts';
import { attentionByLayer, attentionShiftFile } from '../../probes/attention/layer-means.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import { changeRates, swapResultLines, swapSummaryFile } from '../../probes/swap/change-rates.ts';
import { lensFile } from '../../probes/lens/depths.ts';
import type { LensRecord } from '../../probes/lens/lens.ts';
import { patchFile } from '../../probes/patching/agreement.ts';
import type { PatchRecord } from '../../probes/patching/patch.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';

export interface ResultFile {
  readonly name: string;
  readonly text: string;
}

export function swapFiles(
  records: readonly SwapRecord[],
  definition: Definition,
  numSamples: number,
  frankenscope: object,
): readonly ResultFile[] {
  const rates = changeRates(records, definition);
  const lines = records.flatMap((record) => swapResultLines(record, definition));
  return [
    {
      name: 'layer_swap_summary.json',
      text: JSON.stringify({
        ...swapSummaryFile(rates, numSamples),
        frankenscope: { ...frankenscope, rates },
      }),
    },
    {
      name: 'layer_swap_results.jsonl',
      text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    },
  ];
}

export function ablationFiles(
  records: readonly AblationRecord[],
  layers: number,
  part: AblatedPart,
  frankenscope: object,
): readonly ResultFile[] {
  const experiments = Array.from({ length: layers }, (_, layer) => ablateLayer(layer, part));
  const rates = errorRates(records, experiments);
  return [
    {
      name: 'all_results.json',
      text: JSON.stringify({ ...ablationResultsFile(rates), frankenscope: { ...frankenscope, rates } }),
    },
  ];
}

/** Of the last two models compared; nothing where there are fewer. */
export function attentionFiles(
  records: readonly AttentionRecord[],
  metadata: Readonly<Record<string, unknown>>,
): readonly ResultFile[] {
  const [before, after] = attentionByLayer(records).slice(-2);
  if (!before || !after) return [];
  const text = JSON.stringify(
    attentionShiftFile(before, after, { ...metadata, in: before.name, rl: after.name }),
  );
  return [{ name: 'attention_shift.json', text }];
}

export function lensFiles(
  records: readonly LensRecord[],
  metadata: Readonly<Record<string, unknown>>,
): readonly ResultFile[] {
  return [{ name: 'logit_lens.json', text: JSON.stringify(lensFile(records, metadata)) }];
}

export function patchFiles(
  records: readonly PatchRecord[],
  metadata: Readonly<Record<string, unknown>>,
): readonly ResultFile[] {
  return [{ name: 'cross_patching.json', text: JSON.stringify(patchFile(records, metadata)) }];
}
