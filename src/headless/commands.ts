/** What each headless command does. Results are those of results.md; our own additions go under `frankenscope`. */
import type { HeadlessRequest } from '../../scripts/page-api.d.ts';
import type { EngineClient } from '../engine/client.ts';
import { wholeModel } from '../engine/subject.ts';
import type { Flags } from './flags.ts';
import { loadModel, openModel } from './model.ts';
import { provenance } from './provenance.ts';
import { filesOf } from './slots.ts';

type Command = (engine: EngineClient, flags: Flags, inputs: HeadlessRequest['inputs']) => Promise<unknown>;

export const COMMANDS: Readonly<Record<string, Command>> = {
  async info(engine, _flags, inputs) {
    const summary = await openModel(engine, inputs);
    return {
      modelType: summary.modelType,
      layers: summary.layers,
      visionBlocks: summary.visionBlocks,
      hiddenSize: summary.hiddenSize,
      vocabSize: summary.vocabSize,
      bytes: summary.bytes,
      tensors: await engine.describe(summary.id),
      ignored: summary.ignored,
      notices: summary.notices,
      frankenscope: provenance(summary),
    };
  },

  async generate(engine, flags, inputs) {
    const { summary, loaded } = await loadModel(engine, flags, inputs);
    const result = await engine.generate(
      {
        job: 'generate',
        subject: wholeModel(summary.id, summary.layers),
        prompt: flags.prompt,
        images: filesOf('image'),
        ...(flags.system === undefined ? {} : { system: flags.system }),
        maxNewTokens: flags.maxNewTokens,
        sampling: { temperature: flags.temperature, seed: flags.seed },
      },
      () => undefined,
    );
    const [row] = result.rows;
    return {
      text: row?.text,
      tokens: row?.tokens,
      stop: row?.stop,
      promptTokens: result.promptTokens,
      imageTokens: result.imageTokens,
      device: result.device,
      dtype: result.dtype,
      seconds: { load: loaded.seconds, ...result.seconds },
      frankenscope: provenance(summary, loaded, flags.seed),
    };
  },

  async logits(engine, flags, inputs) {
    const { summary, loaded } = await loadModel(engine, flags, inputs);
    const result = await engine.forward({
      job: 'logits',
      subject: wholeModel(summary.id, summary.layers),
      prompt: flags.prompt,
      images: filesOf('image'),
      ...(flags.system === undefined ? {} : { system: flags.system }),
      ...(flags.ablate === undefined ? {} : { rows: [{ ablate: [{ layer: flags.ablate, part: 'layer' }] }] }),
      ...(flags.hidden ? { capture: { hidden: 'last' } } : {}),
    });
    const [row] = result.rows;
    return {
      promptTokenIds: result.promptTokenIds,
      logits: [...(row?.logits ?? [])],
      ...(row?.hidden ? { hidden: row.hidden.map((layer) => [...layer]) } : {}),
      frankenscope: provenance(summary, loaded),
    };
  },
};
