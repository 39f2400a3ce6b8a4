import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import type { Subject } from '../../engine/subject.ts';
import { wholeModel } from '../../engine/subject.ts';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { quantizationAgreement } from '../../evaluation/quantization/agreement.ts';
import { type Compared, quantizationReport } from '../../evaluation/quantization/report.ts';
import type { EvaluationSample } from '../../evaluation/samples/sample.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import { provenance } from '../../identity/provenance.ts';
import { type FolderOptions, MergedFolder } from '../../merge/folder/merged-folder.ts';
import type { MergePlan } from '../../merge/plan/plan.ts';
import { planQuantization, type QuantizationPlan } from '../../merge/quantize/quantization-plan.ts';
import type { Quantized, QuantizedFolder } from '../../merge/quantize/quantized-folder.ts';
import { layerErrors, type RoundingErrors } from '../../merge/quantize/rounding-errors.ts';
import {
  type AskedScheme,
  type Group,
  groupsOf,
  type Scheme,
  schemeOf,
} from '../../merge/quantize/scheme.ts';
import { subjectOf } from '../../merge/subject.ts';
import { COMPARED_TOKENS } from '../../quantized-formats.mjs';
import { noteLoaded } from '../../study/weights/loaded.ts';
import type { WeightsWatch } from '../../study/weights/watch.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import type { Donors } from '../state/donors.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { LoadChoice } from '../state/load-choice.svelte.ts';
import type { MergeWork } from '../state/merge-work.svelte.ts';
import { t as states } from '../state/texts.ts';

/** What an export can be written as: the weights as they are stored, or rounded. */
export const WAYS = {
  'as stored': null,
  'compressed-tensors int4': { format: 'compressed-tensors', bits: '4' },
  'compressed-tensors int8': { format: 'compressed-tensors', bits: '8' },
  'AWQ int4': { format: 'awq' },
  'GGUF Q8_0': { format: 'gguf-q8_0' },
  'GGUF Q4_0': { format: 'gguf-q4_0' },
} as const satisfies Readonly<Record<string, AskedScheme | null>>;
export type Way = keyof typeof WAYS;

/** What rounding loses, found before anything is written. */
interface Preview {
  /** Names what it is of. */
  readonly key: string;
  readonly scheme: Scheme;
  /** Its noise measured. */
  readonly plan: MergePlan;
  readonly quantization: QuantizationPlan;
  readonly made: Quantized;
  readonly errors: RoundingErrors;
  readonly compared: Compared | null;
}

/** What it takes of the app. */
export interface Surroundings {
  readonly engine: EngineApi;
  readonly family: Family;
  readonly donors: Donors;
  readonly choice: LoadChoice;
  readonly weights: WeightsWatch;
}

/** Questions, as they are drawn on the page. */
export interface ComparedQuestions {
  readonly list: string;
  readonly samples: number;
  readonly seed: number;
  readonly sets: ItemSets;
}

/** Writers of formats come with the first export. */
const writers = () => import('../../merge/quantize/quantized-folder.ts');

interface Loaded {
  readonly summary: OpenedCheckpoint;
  readonly loaded: LoadedModel;
}

/** A merge written in a quantized format, as the command `quantize` writes it. */
export class Quantizing {
  way = $state<Way>('as stored');
  group = $state<Group>('128');
  /** Whether a head that is not the embeddings is quantized, too. */
  head = $state(false);
  #preview = $state.raw<Preview | null>(null);
  readonly #work: MergeWork;
  readonly #around: Surroundings;

  /** @param work whose jobs these are: one thing is done at a time */
  constructor(work: MergeWork, around: Surroundings) {
    this.#work = work;
    this.#around = around;
  }

  /** Group sizes that the format has; none where nothing is to be chosen. */
  get groups(): readonly Group[] {
    const asked = WAYS[this.way];
    return asked ? groupsOf(asked.format) : [];
  }

  /** AWQ's layout keeps the head as it was. */
  get takesHead(): boolean {
    return this.way !== 'as stored' && this.way !== 'AWQ int4';
  }

  /** Null where weights stay as they are stored. */
  get scheme(): Scheme | null {
    const asked = WAYS[this.way];
    if (!asked) return null;
    const { group, groups } = this;
    const chosen = groups.length === 0 ? {} : { group: groups.includes(group) ? group : '128' };
    return schemeOf({ ...asked, ...chosen, head: this.takesHead && this.head } as AskedScheme);
  }

  /** Tells its folder from others of the merge: "-awq-int4"; empty where nothing is rounded. */
  get suffix(): string {
    return this.scheme ? `-${this.way.toLowerCase().replaceAll(' ', '-')}` : '';
  }

  /** What was found of this plan in the chosen format; null until it was looked for. */
  previewOf(planned: MergePlan): Preview | null {
    const { scheme } = this;
    return scheme && this.#preview?.key === keyOf(planned, scheme) ? this.#preview : null;
  }

  /** @throws NamedError those of `quantized` and `roundingInWorker` */
  async measure(planned: MergePlan, scheme: Scheme, signal: AbortSignal): Promise<Preview> {
    const known = this.previewOf(planned);
    if (known) return known;
    const folders = this.#around.donors.folders();
    const plan = await this.#work.measured(planned, folders, signal);
    const { quantized } = await writers();
    const made = await quantized(plan, folders, scheme);
    const onProgress = this.#work.track(states.jobs.measuringRounding);
    const { roundingInWorker } = await import('../../merge/worker/client.ts');
    const errors = await roundingInWorker(new MergedFolder(plan, folders), scheme, { signal, onProgress });
    const quantization = planQuantization(plan, scheme);
    const key = keyOf(planned, scheme);
    return (this.#preview = { key, scheme, plan, quantization, made, errors, compared: null });
  }

  /**
   * Asks the original and the quantized model the questions. What is not loaded already is loaded for that alone, as everything on
   * the page is.
   *
   * @throws NamedError those of opening, loading and answering
   */
  async compare(
    preview: Preview,
    questions: ComparedQuestions,
    reading: Required<ImageReading>,
    signal: AbortSignal,
  ): Promise<void> {
    const { engine, donors, choice } = this.#around;
    const { plan, made } = preview;
    const opened: OpenedCheckpoint[] = [];
    const load = (what: string, title: string, files: CheckpointFiles) =>
      this.#load(what, title, files, opened, signal);
    try {
      const merged = new MergedFolder(plan, donors.folders());
      const { QuantizedFolder } = await writers();
      const resident = this.#resident(plan);
      const original = resident ? null : await load('the original', states.jobs.loadingOriginal, merged);
      const copy = await load(
        'the quantized copy',
        states.jobs.loadingCopy,
        await (
          await import('../../checkpoint/formats/open.ts')
        ).readableFolder(new QuantizedFolder(merged, made), signal),
      );
      const items = unique(questions.sets);
      const records = await quantizationAgreement(
        engine,
        items,
        {
          original: resident ?? whole(original as Loaded),
          quantized: whole(copy),
          ...{ maxNewTokens: COMPARED_TOKENS, prompt: reading },
        },
        { signal, onProgress: this.#work.track(states.jobs.comparingAnswers) },
      );
      const { list, samples, seed } = questions;
      const facts = {
        ...{ list, n: items.length, samples, maxNewTokens: COMPARED_TOKENS, ...reading },
        original: original
          ? provenance(original.summary, original.loaded, seed)
          : { resident: plan.donors.map(({ fingerprint }) => fingerprint), dtype: choice.dtype },
        quantized: provenance(copy.summary, copy.loaded, seed),
      };
      this.#preview = { ...preview, compared: { records, provenance: facts } };
    } finally {
      for (const { id } of opened) await engine.close(id);
    }
  }

  /** The folder that is written: what was found stands in it. */
  async folder(preview: Preview, options: FolderOptions): Promise<QuantizedFolder> {
    const { plan, made, errors } = preview;
    const merged = new MergedFolder(plan, this.#around.donors.folders(), options);
    const { QuantizedFolder } = await writers();
    return new QuantizedFolder(merged, { ...made, errors, report: quantizationReport(preview) });
  }

  /** The merge of models that are loaded, run by binding their buffers. */
  #resident({ recipe }: MergePlan): Subject | null {
    const { loaded } = this.#around.family;
    return subjectOf(
      recipe,
      (donor) => loaded.find(({ identity }) => identity.label === donor)?.checkpoint.id ?? null,
    );
  }

  async #load(
    what: string,
    title: string,
    files: CheckpointFiles,
    opened: OpenedCheckpoint[],
    signal: AbortSignal,
  ): Promise<Loaded> {
    const { engine, choice, weights, family } = this.#around;
    const report = this.#work.track(title);
    const summary = await engine.open(what, files, signal);
    opened.push(summary);
    throwIfCancelled(signal);
    const job = `load ${summary.id}`;
    const cancel = (): void => void engine.cancel(job);
    signal.addEventListener('abort', cancel);
    try {
      const read = await engine.load(
        job,
        summary.id,
        { ...choice.options, keep: false },
        ({ phase, bytesDone, bytesTotal }) =>
          report({ phase, done: bytesDone, total: bytesTotal, unit: 'bytes' }),
      );
      const beside = family.loaded.map(({ checkpoint }) => checkpoint);
      return { summary, loaded: await noteLoaded(weights, summary, read, beside) };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}

/** Layers and errors in percent, layer by layer; of the head, where it was rounded. */
export function errorsByLayer({ quantization, errors }: Preview): {
  readonly layers: readonly { readonly layer: number; readonly value: number; readonly n: number }[];
  readonly head: number | null;
} {
  const all = layerErrors(quantization, errors);
  return {
    layers: all.flatMap(({ layer, relative, tensors }) =>
      layer === null ? [] : [{ layer, value: relative, n: tensors }],
    ),
    head: all.find(({ layer }) => layer === null)?.relative ?? null,
  };
}

function whole({ summary }: Loaded): Subject {
  return wholeModel(summary.id, summary.layers);
}

/** Everything that what is found depends on. */
function keyOf({ recipe, donors, changed }: MergePlan, scheme: Scheme): string {
  const [weights, files] = [donors.map(({ fingerprint }) => fingerprint), changed.map(({ name }) => name)];
  return JSON.stringify([scheme, recipe, weights, files]);
}

/** Every question once, though several sets hold it; sets may give one id to two. */
function unique(sets: ItemSets): readonly EvaluationSample[] {
  const found = new Map<string, EvaluationSample>();
  for (const [set, samples] of Object.entries(sets) as [string, ItemSets['general']][])
    for (const sample of samples) {
      const key = JSON.stringify([sample.id, sample.question]);
      if (!found.has(key)) found.set(key, { ...sample, id: `${set}/${sample.id}` });
    }
  return [...found.values()];
}
