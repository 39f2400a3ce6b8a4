import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { answerSettings, styleOf } from '../../analyses/answer-settings.ts';
import type { ValuesOf } from '../../analyses/declaration.ts';
import { firstValues } from '../../analyses/setting-values.ts';
import { EVALUATED } from '../../analyses/shared-settings.mjs';
import type { AnswerSettings } from '../../evaluation/answers/ask.ts';
import type { PromptStyleName } from '../../evaluation/prompt-style.ts';
import { demoItems } from '../../evaluation/samples/demo-items.ts';
import { drawSets } from '../../evaluation/samples/draw.ts';
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

/** What the page begins with. */
const FIRST = firstValues(EVALUATED);

/** Which questions are asked, how many, and how they are put. */
export class QuestionChoice {
  /** Null: by the models that are loaded. */
  chosenStyle = $state<PromptStyleName | null>(FIRST.style);
  /** Of each set: a first look. */
  samples = $state<number>(EVALUATED.samples.first);
  seed = $state(FIRST.seed);
  /** Null: by the style. */
  chosenTokens = $state<number | null>(FIRST.maxNewTokens);
  brought = $state.raw<{ readonly name: string; readonly items: ItemSource } | null>(null);
  /** A list whose columns have to be told apart by a person. */
  asking = $state.raw<AskedColumns | null>(null);
  error = $state.raw<NamedError | null>(null);
  readonly #importing: Importing;
  #demo: Promise<ItemSets> | null = null;

  constructor(jobs: Jobs) {
    this.#importing = new Importing(jobs, 'Reading questions');
  }

  /** As an analysis takes them. */
  get values(): ValuesOf<typeof EVALUATED> {
    const { samples, seed, chosenStyle, chosenTokens } = this;
    return { samples, seed, style: chosenStyle, maxNewTokens: chosenTokens };
  }

  style(loaded: readonly LoadedSlot[]): PromptStyleName {
    return styleOf(loaded, this.values);
  }

  /** `reading`: how images are read on every page. */
  settings(loaded: readonly LoadedSlot[], reading: Required<ImageReading>): AnswerSettings {
    return answerSettings(loaded, this.values, reading);
  }

  /** The chosen samples, drawn as NumPy draws them. @throws NamedError those of loading the sets */
  async sets(): Promise<ItemSets> {
    const { samples, seed, brought } = this;
    if (brought) return brought.items.drawn({ samples, seed });
    const demo = (this.#demo ??= demoItems());
    demo.catch(() => (this.#demo = null));
    return drawSets(await demo, { samples, seed });
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
