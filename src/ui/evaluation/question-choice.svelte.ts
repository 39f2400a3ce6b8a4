import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { answerSettings, styleOf } from '../../analyses/answer-settings.ts';
import { addressOf, analysisAt, valuesAt } from '../../analyses/address.ts';
import type { EvaluationDeclaration, ValuesOf } from '../../analyses/declaration.ts';
import { firstValues, settingShapes, type SettingValues } from '../../analyses/setting-values.ts';
import { EVALUATED } from '../../analyses/shared-settings.mjs';
import type { AnswerSettings } from '../../evaluation/answers/ask.ts';
import type { PromptStyleName } from '../../evaluation/prompt-style.ts';
import { demoItems } from '../../evaluation/samples/demo-items.ts';
import { drawSets } from '../../evaluation/samples/draw.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { NamedError } from '../../named-error.ts';
import { questionsTold } from '../../study/shown/questions-told.ts';
import { UnknownColumns } from '../../probes/data/unknown-columns.ts';
import { type ItemSource, openItems } from '../../reading/client.ts';
import type { AskedColumns, ColumnChoices } from '../files/asked-columns.ts';
import { byPath, type PathFile, topOf } from '../files/folder.ts';
import { Importing } from '../files/importing.ts';
import type { Addressed } from '../state/address.svelte.ts';
import { failureOf } from '../state/failure.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { validSettings } from '../state/kept-settings.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';
import { t as states } from '../state/texts.ts';
import { t } from './texts.ts';

/** What the page begins with. */
const FIRST = firstValues(EVALUATED);

/** Settings of a form beside those that all evaluations have. */
interface OwnChoices {
  values(): SettingValues;
  take(found: SettingValues): void;
}
const NONE: OwnChoices = { values: () => ({}), take: () => undefined };

/** Its settings, as a link and as kept results have them. */
export interface EvaluationForm extends Addressed {
  readonly values: SettingValues;
  /** Takes settings over where they are valid. */
  restore(found: SettingValues): void;
}

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
  /** Questions of kept results that are shown: those that were asked, in place of a list that is not open any more. */
  instead = $state.raw<{ readonly name: string; readonly samples: ItemSets } | null>(null);
  /** A list whose columns have to be told apart by a person. */
  asking = $state.raw<AskedColumns | null>(null);
  error = $state.raw<NamedError | null>(null);
  readonly #importing: Importing;
  #demo: Promise<ItemSets> | null = null;

  constructor(jobs: Jobs) {
    this.#importing = new Importing(jobs, () => states.jobs.readingQuestions);
  }

  /** As an analysis takes them. */
  get values(): ValuesOf<typeof EVALUATED> {
    const { samples, seed, chosenStyle, chosenTokens } = this;
    return { samples, seed, style: chosenStyle, maxNewTokens: chosenTokens };
  }

  /** Name of the list that is asked; null of the demo sets. */
  get listName(): string | null {
    return this.instead?.name ?? this.brought?.name ?? null;
  }

  /** The settings in a line: what is asked, and how many. */
  get told(): string {
    return questionsTold(this.listName, this.values, t.told);
  }

  /** What a link to the page of an evaluation says of its form, and takes over. `own`: what that form has besides. */
  addressed({ name, settings }: EvaluationDeclaration, own: OwnChoices = NONE): EvaluationForm {
    const shown = Object.fromEntries(Object.entries(settings).filter(([, { form }]) => form !== undefined));
    const values = (): SettingValues => ({ ...this.values, ...own.values() });
    const take = (found: SettingValues): void => {
      const all = { ...this.values, ...(found as Partial<ValuesOf<typeof EVALUATED>>) };
      this.samples = all.samples ?? this.samples;
      this.seed = all.seed;
      this.chosenStyle = all.style;
      this.chosenTokens = all.maxNewTokens;
      own.take(found);
    };
    const restore = (found: SettingValues): void => take(validSettings(found, settingShapes(shown)).values);
    return {
      get values() {
        return values();
      },
      restore,
      get address() {
        const address = addressOf(name, shown, values());
        return address.size > 1 ? address : new Map();
      },
      follow(address) {
        if (analysisAt(address) === name) restore(valuesAt(shown, address));
      },
    };
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
    const { samples, seed, brought, instead } = this;
    if (instead) return instead.samples;
    if (brought) return brought.items.drawn({ samples, seed });
    const demo = (this.#demo ??= demoItems());
    demo.catch(() => (this.#demo = null));
    return drawSets(await demo, { samples, seed });
  }

  async bring(found: readonly PathFile[], choices: ColumnChoices = new Map()): Promise<void> {
    this.error = null;
    this.asking = null;
    try {
      const items = await this.#importing.read((reading) => openItems(byPath(found), choices, reading));
      this.forget();
      this.brought = { name: topOf(found), items };
    } catch (error) {
      if (error instanceof UnknownColumns) this.asking = { unknown: error, files: found, choices };
      else this.error = failureOf(error);
    }
  }

  /** Goes back to the demo sets. */
  forget(): void {
    this.instead = null;
    this.brought?.items.close();
    this.brought = null;
  }
}
