import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { AnswerSettings } from '../../evaluation/answers/ask.ts';
import { PROMPT_STYLES, type PromptStyleName } from '../../evaluation/prompt-style.ts';
import { demoItems } from '../../evaluation/samples/demo-items.ts';
import { drawSamples } from '../../evaluation/samples/draw.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { NamedError } from '../../named-error.ts';
import { UnknownColumns } from '../../probes/data/unknown-columns.ts';
import { type ItemSource, openItems } from '../../reading/client.ts';
import { isCancelled } from '../../work/cancel.ts';
import type { AskedColumns, ColumnChoices } from '../files/asked-columns.ts';
import type { PathFile } from '../files/folder.ts';
import { Importing } from '../files/importing.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { named } from '../../named.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';

/** Which questions are asked, how many, and how they are put. */
export class QuestionChoice {
  /** Null: `demo` for the demo family, else `reasoner`. */
  chosenStyle = $state<PromptStyleName | null>(null);
  /** Of each set. */
  samples = $state(50);
  seed = $state(123);
  /** 0: 160 for the demo family, else 2048. */
  chosenTokens = $state(0);
  brought = $state.raw<{ readonly name: string; readonly items: ItemSource } | null>(null);
  /** A list whose columns have to be told apart by a person. */
  asking = $state.raw<AskedColumns | null>(null);
  error = $state.raw<NamedError | null>(null);
  readonly #importing: Importing;
  #demo: Promise<ItemSets> | null = null;

  constructor(jobs: Jobs) {
    this.#importing = new Importing(jobs, 'Reading questions');
  }

  style(loaded: readonly LoadedSlot[]): PromptStyleName {
    return this.chosenStyle ?? (isDemo(loaded) ? 'demo' : 'reasoner');
  }

  maxNewTokens(loaded: readonly LoadedSlot[]): number {
    return this.chosenTokens || (this.style(loaded) === 'demo' ? 160 : 2048);
  }

  /** `reading`: how images are read on every page. */
  settings(loaded: readonly LoadedSlot[], reading: Required<ImageReading>): AnswerSettings {
    const [first] = loaded;
    return {
      style: PROMPT_STYLES[this.style(loaded)],
      maxNewTokens: this.maxNewTokens(loaded),
      ...reading,
      device: first?.model.device ?? '',
      dtype: first?.model.dtype ?? '',
    };
  }

  /** The chosen samples, drawn as NumPy draws them. @throws NamedError those of loading the sets */
  async sets(): Promise<ItemSets> {
    const { samples, seed, brought } = this;
    if (brought) return brought.items.drawn(samples, seed);
    const demo = (this.#demo ??= demoItems());
    demo.catch(() => (this.#demo = null));
    const sets = await demo;
    const drawn = <Sample>(set: readonly Sample[]): readonly Sample[] => drawSamples(set, samples, seed);
    return {
      general: drawn(sets.general),
      mathTargeted: drawn(sets.mathTargeted),
      textOnly: drawn(sets.textOnly),
      puzzles: drawn(sets.puzzles),
    };
  }

  async bring(found: readonly PathFile[], choices: ColumnChoices = new Map()): Promise<void> {
    this.error = null;
    this.asking = null;
    try {
      const files = new Map(found.map(({ path, file }) => [path, file]));
      const items = await this.#importing.read((reading) => openItems(files, choices, reading));
      this.forget();
      this.brought = { name: found[0]?.path.split('/')[0] ?? 'folder', items };
    } catch (error) {
      if (error instanceof UnknownColumns) this.asking = { unknown: error, files: found, choices };
      else {
        const failure = named(error);
        this.error = isCancelled(failure) ? null : failure;
      }
    }
  }

  /** Goes back to the demo sets. */
  forget(): void {
    this.brought?.items.close();
    this.brought = null;
  }
}

function isDemo(loaded: readonly LoadedSlot[]): boolean {
  return loaded.length > 0 && loaded.every(({ checkpoint }) => checkpoint.name.startsWith('demo:'));
}
