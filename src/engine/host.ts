/** The engine as it lives in its worker: with the browser's devices, weights workers and storage. */
import { receivedFolder } from '../checkpoint/served-file.ts';
import { decodeImage } from '../image/decode.ts';
import type { BufferBytes } from './backend/buffer-account.ts';
import { createBackend } from './backend/create.ts';
import { Engine } from './engine.ts';
import { type HandedModel, transferred } from './handed-model.ts';
import type { OpenPrompts } from './folder.ts';
import { RemotePromptMaker } from './prompts/remote.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { Device } from './protocol/device.ts';
import type { GenerateEvent, GenerateRequest, GenerateResult } from './protocol/generation.ts';
import type { LoadedModel } from './protocol/loading.ts';
import type { ModelId } from './subject.ts';
import { inlineConvert } from './weights/convert-inline.ts';
import { OpfsKeptWeights } from './weights/kept-opfs.ts';
import { restorePart } from './weights/kept-parts.ts';
import { convertThreads, createConvertPool } from './weights/pool.ts';

export class EngineHost extends Engine {
  /** Sentences about kept copies since the last load. */
  readonly #notices: string[];

  /** @param threads of the WASM device, in an engine beside others, which then starts no threads to load a model either. Left out: as many as the machine has use for */
  constructor(threads?: number) {
    const notices: string[] = [];
    const kept = new OpfsKeptWeights((notice) => notices.push(notice));
    const { convert } =
      threads === undefined
        ? createConvertPool(
            () => new Worker(new URL('../../workers/weights.ts', import.meta.url), { type: 'module' }),
            convertThreads(navigator.hardwareConcurrency),
          )
        : { convert: inlineConvert };
    const openPrompts: OpenPrompts = (files, signal) =>
      RemotePromptMaker.open(
        () =>
          new Worker(new URL('../../workers/prompts.ts', import.meta.url), {
            type: 'module',
            name: 'prompts',
          }),
        files,
        signal,
      );
    super({
      createBackend: (device) => createBackend(device, threads),
      convert,
      decodeImage,
      kept,
      restorePart,
      openPrompts,
    });
    this.#notices = notices;
  }

  override open(...[id, name, files]: Parameters<Engine['open']>): ReturnType<Engine['open']> {
    return super.open(id, name, receivedFolder(files));
  }

  override async load(...request: Parameters<Engine['load']>): Promise<LoadedModel> {
    const loaded = await super.load(...request);
    return { ...loaded, notices: this.#notices.splice(0) };
  }

  override handOver(id: ModelId): HandedModel | null {
    const handed = super.handOver(id);
    return handed && transferred(handed);
  }

  override takeOver(
    ...[id, name, files, ...handed]: Parameters<Engine['takeOver']>
  ): Promise<OpenedCheckpoint> {
    return super.takeOver(id, name, receivedFolder(files), ...handed);
  }

  /** As the engine's, but the last event has been heard before the result goes out: callbacks travel by themselves. */
  override async generate(
    request: GenerateRequest,
    onEvent: (event: GenerateEvent) => void,
  ): Promise<GenerateResult> {
    let heard: unknown;
    const result = await super.generate(request, (event) => (heard = onEvent(event)));
    await heard;
    return result;
  }

  /** Bytes of all buffers of the GPU; null where the device is none. */
  async bufferBytes(device: Device): Promise<BufferBytes | null> {
    const { buffers } = await this.backend(device);
    return buffers ? { live: buffers.live, peak: buffers.peak } : null;
  }

  /** What computes on the device, as far as it tells. */
  async adapter(device: Device): Promise<string> {
    return (await this.backend(device)).adapter;
  }

  /** Calls back with the reason once the device is gone. */
  async watch(device: Device, onLost: (reason: string) => void): Promise<void> {
    const { lost } = await this.backend(device);
    void lost.then(onLost);
  }

  /** Takes the device away as a driver reset would: for drills of the recovery. */
  async loseDevice(device: Device): Promise<void> {
    await (await this.backend(device)).destroy();
  }
}
