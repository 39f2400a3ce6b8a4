/** The page's results as the files that the commands write (and of the lens and of patching, which have none, ours). */
import { lensFile } from '../../probes/lens/depths.ts';
import { patchFile } from '../../probes/patching/agreement.ts';
import { ablationFiles } from '../../probes/results/ablation-files.ts';
import { attentionResult } from '../../probes/results/attention-result.ts';
import { jsonText, type ResultFile } from '../../probes/results/result-file.ts';
import { swapFiles } from '../../probes/results/swap-files.ts';
import { originFacts } from '../../study/journal/other-builds.ts';
import { provenance } from '../../identity/provenance.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';
import type { Localize } from './localize.svelte.ts';

/** Of the probe that is shown, as far as it has come; none without a model. */
export function resultFiles(localize: Localize): readonly ResultFile[] {
  const { probe, model, compared, patched, reading, seed, answerTokens: maxNewTokens } = localize;
  const origin = (slot: LoadedSlot, drawn?: number): object => ({
    ...originFacts(localize.run.origin),
    ...provenance(slot.checkpoint, slot.model, drawn),
  });
  const seeded = (slot: LoadedSlot): object => origin(slot, seed);
  if (!model) return [];
  switch (probe) {
    case 'swap': {
      const { mode, definition, pairSource, pairsPerTask, pairPool, swapTokens } = localize;
      const { literalImage, literalImages, count } = pairPool;
      return swapFiles(localize.swaps.found, {
        model: origin(model),
        ...{ reading, mode, definition, literalImage, literalImages, maxNewTokens: swapTokens },
        ...{ samples: pairSource === 'own' ? count : pairsPerTask, of: count },
      });
    }
    case 'ablate': {
      const { experiments, questionPool: list } = localize;
      const files = ablationFiles(localize.ablations.found, {
        model: { name: model.checkpoint.name, provenance: seeded(model) },
        ...{ reading, experiments, list, maxNewTokens, prefix: '' },
      });
      return [...files];
    }
    case 'attention': {
      const { running, forcedBy, onlyThink, questionPool } = localize;
      const origins = compared.map((slot) => [slot.identity.label, seeded(slot)] as const);
      const result = attentionResult(localize.attention.found, {
        ...{ reading, running, forcedBy, onlyThink, maxNewTokens, seed, of: questionPool.count },
        ...{ provenance: Object.fromEntries(origins), heads: false },
      });
      return result ? [{ path: 'attention_shift.json', text: jsonText(result) }] : [];
    }
    case 'lens': {
      const { found: records } = localize.lenses;
      const models = compared.map(seeded);
      const about = { n: records.length, of: localize.questionPool.count, ...reading, models, maxNewTokens };
      return [{ path: 'logit_lens.json', text: jsonText(lensFile(records, about)) }];
    }
    case 'patch': {
      const { found: records, total } = localize.patches;
      const [recipient, donor] = (patched ?? []).map(seeded);
      const about = { n: records.length, of: total, ...reading, recipient, donor, maxNewTokens };
      return [{ path: 'cross_patching.json', text: jsonText(patchFile(records, about)) }];
    }
  }
}
