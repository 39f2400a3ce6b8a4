import type { HeadlessRequest } from '../../scripts/page-api.d.ts';
import type { EngineClient } from '../engine/client.ts';
import type { LoadedModel, OpenedCheckpoint } from '../engine/protocol.ts';
import { NamedError } from '../named-error.ts';
import type { Flags } from './flags.ts';
import { filesOf } from './slots.ts';

/** Opens the folder handed over as `--model`. @throws NamedError those of opening; `DemoNotFound`. */
export async function openModel(
  engine: EngineClient,
  inputs: HeadlessRequest['inputs'],
  slot = 'model',
): Promise<OpenedCheckpoint> {
  const input = inputs[slot];
  if (input?.demo) {
    throw new NamedError('DemoNotFound', `demo:${input.demo}`, {}, 'give a checkpoint folder');
  }
  const files = new Map(filesOf(slot).map((file) => [file.name, file]));
  return engine.open(input?.name ?? slot, files);
}

/** Opens and loads `--model` on `--device` in `--dtype`; progress goes to the console, which the shell shows. */
export async function loadModel(
  engine: EngineClient,
  flags: Flags,
  inputs: HeadlessRequest['inputs'],
): Promise<{ readonly summary: OpenedCheckpoint; readonly loaded: LoadedModel }> {
  const summary = await openModel(engine, inputs);
  const { preferred } = await engine.capabilities();
  const device = flags.device ?? preferred;
  const dtype = flags.dtype ?? 'f32';
  let percent = -1;
  const loaded = await engine.load('load', summary.id, { device, dtype }, (progress) => {
    const now = Math.floor((100 * progress.bytesDone) / progress.bytesTotal);
    if (now === percent) return;
    percent = now;
    console.info(
      `loading ${now} % at ${(progress.bytesPerSecond / 1e6).toFixed(0)} MB/s` +
        (progress.etaSeconds === null ? '' : `, ${Math.ceil(progress.etaSeconds)} s left`),
    );
  });
  return { summary, loaded };
}
