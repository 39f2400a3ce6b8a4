import { checkLayers } from '../../engine/rows.ts';
import { wholeModel } from '../../engine/subject.ts';
import type { Command } from '../context.ts';
import { imageReading } from '../image-reading.ts';
import { promptOf } from '../prompt.ts';
import { provenance } from '../../identity/provenance.ts';

/** Logits at the last position, with `--ablate` of a layer; with `--hidden` the hidden states there. */
export const run: Command = async (context) => {
  const { flags, engine, checkpoints, signal } = context;
  const { summary, loaded } = await checkpoints.load('model');
  const ablate = flags.number('ablate');
  if (ablate !== undefined) checkLayers([ablate], summary.layers, 'ablate');
  signal.addEventListener('abort', () => void engine.cancel('logits'));
  signal.throwIfAborted();
  const result = await engine.forward({
    job: 'logits',
    subject: wholeModel(summary.id, summary.layers),
    ...promptOf(context),
    ...(ablate === undefined ? {} : { rows: [{ ablate: [{ layer: ablate, part: 'layer' }] }] }),
    ...(flags.switch('hidden') ? { capture: { hidden: 'last' } } : {}),
  });
  const [row] = result.rows;
  return {
    promptTokenIds: result.promptTokenIds,
    logits: [...(row?.logits ?? [])],
    ...(row?.hidden ? { hidden: row.hidden.map((layer) => [...layer]) } : {}),
    frankenscope: { ...provenance(summary, loaded), ...imageReading(context) },
  };
};
