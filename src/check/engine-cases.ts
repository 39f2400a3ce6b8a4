/** The engine's cases: the golden checkpoint in each format, against transformers. */
import type { EngineApi } from '../engine/protocol.ts';
import type { Device, WeightDtype } from '../engine/protocol/device.ts';
import type { RowSpec } from '../engine/protocol/intervention.ts';
import { wholeModel, type ModelId } from '../engine/subject.ts';
import { asJob, type ProbeEngine } from '../probes/probe-engine.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { formatOf, type CaseName, type Measured } from './case.ts';
import type { GoldenFormat, Goldens } from './goldens.ts';

/** What the check asks of an engine: the app's, or one with something wrong in it. */
export type CheckEngine = ProbeEngine & Pick<EngineApi, 'open' | 'load' | 'close'>;

/** Enough for keys and values of an answer to be read often; a software adapter takes a tenth of a second for each. */
const ANSWER_TOKENS = 8;

/** The golden checkpoint in an engine. */
export class GoldenModel {
  readonly #engine: CheckEngine;
  readonly #goldens: Goldens;
  readonly #id: ModelId;
  readonly #layers: number;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    engine: CheckEngine,
    goldens: Goldens,
    { id, layers }: { readonly id: ModelId; readonly layers: number },
    signal: AbortSignal | undefined,
  ) {
    this.#engine = engine;
    this.#goldens = goldens;
    this.#id = id;
    this.#layers = layers;
    this.#signal = signal;
  }

  /** @throws NamedError those of `EngineApi.open` */
  static async open(engine: CheckEngine, goldens: Goldens, signal?: AbortSignal): Promise<GoldenModel> {
    const opened = await engine.open(goldens.checkpoint, goldens.folder, signal);
    return new GoldenModel(engine, goldens, opened, signal);
  }

  /** What computes, as far as it tells. @throws NamedError `NoHalfPrecision`, and those of `EngineApi.load` */
  async load(device: Device, dtype: WeightDtype): Promise<string> {
    const { adapter } = await asJob(this.#engine, this.#signal, (job) =>
      this.#engine.load(job, this.#id, { device, dtype }, () => undefined),
    );
    return adapter;
  }

  async close(): Promise<void> {
    await this.#engine.close(this.#id);
  }

  /** A case of the format that is loaded. */
  run(name: CaseName): Promise<Measured> {
    if (name.endsWith('-answer')) return this.#answer(name);
    if (name === 'f32-attention') return this.#attention();
    return name === 'f32-interventions' ? this.#interventions() : this.#prompt(name);
  }

  get #request() {
    const { messages, image } = this.#goldens;
    return { subject: wholeModel(this.#id, this.#layers), messages, images: [image] };
  }

  /** Vision embeddings of a picture, hidden states after every layer, and logits. */
  async #prompt(name: CaseName): Promise<Measured> {
    const format = goldenFormat(name);
    const { rows, visionEmbeddings = [] } = await asJob(this.#engine, this.#signal, (job) =>
      this.#engine.forward({
        ...{ ...this.#request, job },
        capture: { hidden: 'all', visionEmbeddings: true },
      }),
    );
    const [row] = rows;
    return this.#worst([
      ['vision embeddings', `${format}.vision`, visionEmbeddings.flatMap((part) => [...part])],
      ...Array.from({ length: this.#layers + 1 }, (_, layer) => {
        const place = layer === 0 ? 'embeddings' : `hidden states after layer ${layer}`;
        return [place, `${format}.hidden.${layer}`, row?.hidden?.[layer] ?? []] as const;
      }),
      ['logits', `${format}.logits`, row?.logits ?? []],
    ]);
  }

  /** A greedy answer, token by token: how many of its clear choices are others. */
  async #answer(name: CaseName): Promise<Measured> {
    const { tokens, compared } = this.#goldens.formats[goldenFormat(name)];
    const count = Math.min(ANSWER_TOKENS, compared);
    const { rows } = await asJob(this.#engine, this.#signal, (job) =>
      this.#engine.generate({ ...this.#request, job, maxNewTokens: count }, () => undefined),
    );
    const said = rows[0]?.tokens ?? [];
    const wrong = tokens.slice(0, count).map((token, at) => token !== said[at]);
    const first = wrong.indexOf(true);
    return { error: wrong.filter(Boolean).length, at: first < 0 ? null : `token ${first + 1} of ${count}` };
  }

  /** Attention mass on the picture from each token of the answer, in every layer and head. */
  async #attention(): Promise<Measured> {
    const { imagePositions, queries, formats } = this.#goldens;
    const { rows } = await asJob(this.#engine, this.#signal, (job) =>
      this.#engine.forward({
        ...{ ...this.#request, job },
        continuation: formats.f32.tokens.slice(0, queries.length - 1),
        capture: { attention: { keys: imagePositions, queries } },
      }),
    );
    const mass = (rows[0]?.attentionMass ?? []).flatMap((layer) => [...layer]);
    return this.#worst([['attention on the picture', 'f32.attention.mass', mass]]);
  }

  /** Logits of rows of one batch: a layer off, its attention off, its MLP off, keys and values swapped in it, and from it on. */
  async #interventions(): Promise<Measured> {
    const { interventions, source } = this.#goldens;
    const handle = await asJob(this.#engine, this.#signal, (job) =>
      this.#engine.captureImageKv({ ...this.#request, job, images: [source] }),
    );
    const asked = interventions.map((one): RowSpec =>
      'swap' in one ? { swap: { source: handle, layers: one.swap } } : one,
    );
    const { rows } = await asJob(this.#engine, this.#signal, (job) =>
      this.#engine.forward({ ...this.#request, job, rows: asked }),
    ).finally(() => this.#engine.releaseKv(handle));
    return this.#worst(
      interventions.map((one, index) => [
        'swap' in one
          ? `keys and values swapped in ${layersOf(one.swap)}`
          : `${one.ablate[0]?.part ?? ''} off`,
        `row.${index}.logits`,
        rows[index]?.logits ?? [],
      ]),
    );
  }

  #worst(compared: readonly (readonly [at: string, golden: string, actual: ArrayLike<number>])[]): Measured {
    let worst: Measured = { error: 0, at: null };
    for (const [at, golden, actual] of compared) {
      const error = relativeError(actual, this.#goldens.tensor(golden));
      // NaN is above everything.
      if (!(error <= worst.error)) worst = { error, at };
      if (Number.isNaN(error)) break;
    }
    return worst;
  }
}

/** Stored weights are float16: in f16 memory they are the very numbers of f32. */
function goldenFormat(name: CaseName): GoldenFormat {
  const format = formatOf(name);
  return format === 'q8' || format === 'q4' ? format : 'f32';
}

function layersOf(layers: readonly number[]): string {
  return layers.length === 1 ? `layer ${(layers[0] ?? 0) + 1}` : `layers from ${(layers[0] ?? 0) + 1} on`;
}
