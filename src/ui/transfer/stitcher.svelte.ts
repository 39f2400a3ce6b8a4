import { ROLE_LABELS } from '../../roles.mjs';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { EMBEDDINGS } from '../../checkpoint/tensor-place.ts';
import type { WeightsMemory } from '../../merge/export.ts';
import { MergedFolder } from '../../merge/folder/merged-folder.ts';
import { countMergers, leftBehind } from '../../merge/mergekit/weights.ts';
import type { Donor } from '../../merge/plan/donor.ts';
import type { MergePlan } from '../../merge/plan/plan.ts';
import { planMerge } from '../../merge/plan/plan.ts';
import { parseBlocks, printBlocks } from '../../merge/recipe/blocks.ts';
import { renameDonor, type Edit, type Recipe } from '../../merge/recipe/recipe.ts';
import { subjectOf } from '../../merge/subject.ts';
import { mergeMemory } from '../../study/weights/loaded.ts';
import { NamedError } from '../../named-error.ts';
import { bytes as bytesText } from '../format/quantity.ts';
import type { Look, StripEditor } from '../layer-strip/look.ts';
import type { Donors, DonorSlot } from '../state/donors.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { MergeWork } from '../state/merge-work.svelte.ts';
import { named } from '../../named.ts';
import type { Slot } from '../state/slot.svelte.ts';
import { t as states } from '../state/texts.ts';
import type { Stitch } from '../state/stitch.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import { type ComparedQuestions, Quantizing, type Surroundings } from './quantizing.svelte.ts';

const DTYPE_NAMES = { BF16: 'bfloat16', F16: 'float16', F32: 'float32' } as const;

/** Of the embeddings, in PyTorch's words. */
export function mainDtype({ tensors }: MergePlan): (typeof DTYPE_NAMES)[keyof typeof DTYPE_NAMES] {
  const main = tensors.find(({ name }) => name === EMBEDDINGS)?.dtype;
  return DTYPE_NAMES[main as keyof typeof DTYPE_NAMES] ?? 'bfloat16';
}

/** What is planned, or why it cannot be. */
type Planned =
  | { readonly kind: 'none' }
  | { readonly kind: 'planned'; readonly plan: MergePlan; readonly frame: Donor }
  | { readonly kind: 'wrong'; readonly error: NamedError };

/** A merge being put together from the opened checkpoints, and what can be done with it. */
export class Stitcher extends MergeWork implements StripEditor {
  readonly press = 'hand';
  /** Null until one hands a layer over: the first donor then gives everything. */
  #recipe = $state.raw<Recipe | null>(null);
  #brush = $state<string | null>(null);
  planned = $state.raw<Planned>({ kind: 'none' });
  /** Sentences about the recipe that was opened. */
  notices = $state.raw<readonly string[]>([]);
  /** Sentences about the folder that is written: what was there, what stays. */
  folderNotices = $state.raw<readonly string[]>([]);
  /** What the last thing asked for came to. */
  done = $state<string | null>(null);
  /** In bytes; Hugging Face's own default. */
  shardBytes = $state(5e9);
  /** Small files stay in the spelling of the frame's folder. */
  verbatim = $state(false);
  readonly #family: Family;
  readonly #donors: Donors;
  readonly #stitch: Stitch;
  readonly #view: View;
  readonly #weights: WeightsMemory;
  /** What it is written as. */
  readonly quantizing: Quantizing;
  #planning = 0;

  constructor(around: Surroundings, stitch: Stitch, view: View, jobs: Jobs) {
    super('merge', jobs);
    const { family, donors, weights } = around;
    this.quantizing = new Quantizing(this, around);
    this.#weights = mergeMemory(weights);
    this.#family = family;
    this.#donors = donors;
    this.#stitch = stitch;
    this.#view = view;
  }

  get donors(): DonorSlot[] {
    return this.#donors.list;
  }

  get recipe(): Recipe | null {
    const names = this.donors.map(({ name }) => name);
    const kept = this.#recipe;
    const { layers } = this.#family.body;
    if (kept && kept.layers.length === layers) return kept;
    const first = names.find((name) => name === ROLE_LABELS.in) ?? names[0];
    return first === undefined ? null : parseBlocks(first, names, layers);
  }

  set recipe(recipe: Recipe | null) {
    this.#recipe = recipe;
    this.error = null;
    this.done = null;
    this.folderNotices = [];
  }

  get brush(): string | null {
    const names = this.donors.map(({ name }) => name);
    if (this.#brush !== null && names.includes(this.#brush)) return this.#brush;
    const frame = this.recipe?.rest.frame;
    return names.find((name) => name !== frame) ?? names[0] ?? null;
  }

  set brush(name: string | null) {
    this.#brush = name;
  }

  get looks(): Look[] {
    return (this.recipe?.layers ?? []).map((name) => this.#look(name));
  }

  get rest(): Look | null {
    return this.recipe ? this.#look(this.recipe.rest.visionTower) : null;
  }

  /** In the notation, with the cuts of the page where they say it. */
  get blocks(): { readonly blocks: string; readonly cuts: readonly number[] } | null {
    return this.recipe ? printBlocks(this.recipe, this.#view.cuts(this.recipe.layers.length)) : null;
  }

  /** A click hands a layer to the brush: whole layers are not switched off in a merge. */
  toggle(layers: readonly number[]): void {
    this.hand(layers, null);
  }

  hand(layers: readonly number[], key: string | null): boolean {
    const { recipe } = this;
    const name = key === null ? this.brush : this.donors.find(({ slot }) => slot.identity.key === key)?.name;
    if (!recipe || name === null || name === undefined) return false;
    const next = recipe.layers.map((donor, i) => (layers.includes(i + 1) ? name : donor));
    this.recipe = { ...recipe, layers: next };
    return true;
  }

  /** Takes block notation on the page's cuts; keeps edits and chat template. */
  setBlocks(text: string): void {
    try {
      const { edits = [], chatTemplate } = this.recipe ?? {};
      const kept = chatTemplate === undefined ? { edits } : { edits, chatTemplate };
      this.recipe = { ...this.#donors.parse(text, this.#view.cuts(this.#family.body.layers)), ...kept };
    } catch (error) {
      this.error = named(error);
    }
  }

  setRest(piece: keyof Recipe['rest'], donor: string): void {
    const { recipe } = this;
    if (recipe) this.recipe = { ...recipe, rest: { ...recipe.rest, [piece]: donor } };
  }

  addEdit(edit: Edit): void {
    const { recipe } = this;
    if (recipe) this.recipe = { ...recipe, edits: [...recipe.edits, edit] };
  }

  removeEdit(index: number): void {
    const { recipe } = this;
    if (recipe) this.recipe = { ...recipe, edits: recipe.edits.filter((_, i) => i !== index) };
  }

  /** A checkpoint has got another name: what it gives is given under that. */
  renameDonor(from: string, to: string): void {
    if (this.#recipe) this.recipe = renameDonor(this.#recipe, from, to);
    if (this.#brush === from) this.#brush = to;
  }

  reset(): void {
    this.recipe = null;
    this.notices = [];
  }

  /** Works the recipe out; the latest call wins. */
  async replan(): Promise<void> {
    const { recipe, verbatim } = this;
    this.#planning += 1;
    const turn = this.#planning;
    const tell = (planned: Planned): void => {
      if (turn === this.#planning) this.planned = planned;
    };
    if (!recipe) return tell({ kind: 'none' });
    try {
      const donors = await this.#donors.open();
      const plan = planMerge(recipe, donors, { verbatim });
      tell({ kind: 'planned', plan, frame: donors.get(recipe.rest.frame) as Donor });
    } catch (error) {
      tell({ kind: 'wrong', error: named(error) });
    }
  }

  async open(file: File): Promise<void> {
    await this.#attempt(async () => {
      const { recipe, notices } = await this.#donors.read(file);
      this.recipe = recipe;
      this.notices = notices;
    });
  }

  /** mergekit's YAML, under the folders' names; null when it cannot be said there. */
  async mergekit(): Promise<string | null> {
    const { recipe, planned } = this;
    this.error = null;
    if (!recipe || planned.kind !== 'planned') return null;
    try {
      const models = new Map(planned.plan.donors.map(({ name, checkpoint }) => [name, checkpoint]));
      const outDtype = mainDtype(planned.plan);
      const deepstackMergers = countMergers(planned.frame.config);
      const left = leftBehind(deepstackMergers);
      if (left !== null && !this.notices.includes(left)) this.notices = [...this.notices, left];
      const { writeMergekit } = await import('../../merge/mergekit/write.ts');
      return writeMergekit(recipe, { models, outDtype, deepstackMergers });
    } catch (error) {
      this.error = named(error);
      return null;
    }
  }

  /** Plain stitches of loaded models bind their buffers; anything else is opened as a checkpoint of its own. */
  async run(): Promise<void> {
    const { recipe, planned } = this;
    if (!recipe || planned.kind !== 'planned') return;
    const loaded = new Map(
      this.#family.loaded.map(({ identity, checkpoint }) => [identity.label, checkpoint.id]),
    );
    const subject = subjectOf(recipe, (donor) => loaded.get(donor) ?? null);
    if (subject && this.#stitch.take(subject)) {
      this.#view.toggleTryIt(true);
      return;
    }
    await this.#attempt(async (signal) => {
      if (!this.#family.canAdd) {
        throw new NamedError('NoSlotLeft', 'all slots for checkpoints are taken', {}, 'close one of them');
      }
      const plan = await this.measured(planned.plan, this.#donors.folders(), signal);
      this.#family.add();
      const slot = this.#family.slots.at(-1) as Slot;
      const name = `merge ${this.blocks?.blocks ?? ''}`;
      await this.#family.open(slot, { name, files: new MergedFolder(plan, this.#donors.folders()) });
      await this.#family.load(slot);
      const made = this.#family.loaded.find(({ identity }) => identity === slot.identity);
      if (!made) return;
      this.#stitch.use(made);
      this.#view.toggleTryIt(true);
    });
  }

  /** Makes the folder `name` in `parent`; `where` is what the user is told. */
  async export(parent: FileSystemDirectoryHandle, name: string, where: string): Promise<void> {
    const { planned } = this;
    if (planned.kind !== 'planned') return;
    await this.#attempt(async (signal) => {
      const options = { shardBytes: this.shardBytes };
      const preview = await this.#rounding(planned.plan, signal);
      const folder = preview
        ? await this.quantizing.folder(preview, options)
        : new MergedFolder(planned.plan, this.#donors.folders(), options);
      this.folderNotices = preview?.quantization.notices ?? [];
      const onProgress = this.track(states.jobs.exporting);
      const onNotice = (notice: string): void => void (this.folderNotices = [...this.folderNotices, notice]);
      const work = { signal, onProgress, onNotice, weights: this.#weights };
      const { exportInWorker } = await import('../../merge/worker/client.ts');
      const { files, bytes } = await exportInWorker(folder, { parent, name }, work);
      this.done = states.written(files.length, bytesText(bytes), where);
    });
  }

  /** Measures what the chosen format loses; `questions`, where they are asked, tell how far answers change. */
  async preview(
    questions?: () => Promise<ComparedQuestions>,
    reading?: Required<ImageReading>,
  ): Promise<void> {
    const { planned } = this;
    if (planned.kind !== 'planned') return;
    await this.#attempt(async (signal) => {
      const preview = await this.#rounding(planned.plan, signal);
      if (preview && questions && reading)
        await this.quantizing.compare(preview, await questions(), reading, signal);
    });
  }

  #rounding(plan: MergePlan, signal: AbortSignal): ReturnType<Quantizing['measure']> | null {
    const { scheme } = this.quantizing;
    return scheme && this.quantizing.measure(plan, scheme, signal);
  }

  async #attempt(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.working) return;
    this.done = null;
    this.folderNotices = [];
    await this.attempt(work);
  }

  #look(name: string): Look {
    return this.donors.find((donor) => donor.name === name)?.look ?? { name, colour: 'var(--rule-strong)' };
  }
}
