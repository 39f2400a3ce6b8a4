import type { RoleLabel } from '../roles.mjs';

/**
 * What an analysis declares of itself as plain data, in `NAME/declaration.mjs` and `NAME/words.mjs`: the shell reads both before any
 * package is installed, and the app makes its form, its checks and its addresses of them.
 */

interface Common {
  /** Where the page's form has it; left out of the form where that is not given: only the command and kept work know it. */
  readonly form?: 'main' | 'more';
  /** It says what is drawn of a set: nothing to ask where a set is asked whole. */
  readonly draws?: boolean;
  /** Only where the models asked inject image features: else the form leaves it out, and the page takes what the form begins with. */
  readonly ofInjection?: boolean;
}

/** One of several names. */
export interface ChoiceSetting extends Common {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  /** Null where it is left open: what is chosen then depends on what is asked. */
  readonly value: string | null;
}

/** Some of several names, at least one; all of them unless told otherwise, or `value`. */
export interface ChoicesSetting extends Common {
  readonly kind: 'choices';
  readonly choices: readonly string[];
  readonly value?: readonly string[];
}

/** A whole number; null where it may be left open (all samples, as many rows as memory holds). */
export interface IntegerSetting extends Common {
  readonly kind: 'integer';
  readonly minimum: number;
  readonly maximum?: number;
  readonly value: number | null;
  /** What the page begins with, where that is less than `value`: a first look on a laptop. */
  readonly first?: number;
  /** What the page's form goes up to, where the command takes more. */
  readonly formMaximum?: number;
}

export interface SwitchSetting extends Common {
  readonly kind: 'switch';
}

/** Free text; null where it may be left out. */
export interface TextSetting extends Common {
  readonly kind: 'text';
  readonly value: string | null;
  /** What the page begins with, where that is another. */
  readonly first?: string;
  /** What it has to match, and one that does. */
  readonly pattern?: RegExp;
  readonly example?: string;
}

/** A checkpoint of those that are compared, by its name in results; null leaves it open. The command takes those of `choices`. */
export interface CheckpointSetting extends Common {
  readonly kind: 'checkpoint';
  readonly choices: readonly string[];
}

/** Any number of texts. */
export interface TextsSetting extends Common {
  readonly kind: 'texts';
  /** What each has to match, and one that does. */
  readonly pattern: RegExp;
  readonly example: string;
}

/** LLM layers as `0-27` or `0,3,5-7`, counted from 0; null for all. */
export interface LayersSetting extends Common {
  readonly kind: 'layers';
}

/** Any number of such lists. */
export interface LayerSetsSetting extends Common {
  readonly kind: 'layer sets';
}

export type Setting =
  | ChoiceSetting
  | ChoicesSetting
  | IntegerSetting
  | SwitchSetting
  | TextSetting
  | CheckpointSetting
  | TextsSetting
  | LayersSetting
  | LayerSetsSetting;

export type Settings = Readonly<Record<string, Setting>>;

/** What a setting's value is. */
export type ValueOf<S extends Setting> = S extends ChoiceSetting
  ? S['value'] extends string
    ? S['choices'][number]
    : S['choices'][number] | null
  : S extends ChoicesSetting
    ? readonly S['choices'][number][]
    : S extends IntegerSetting
      ? S['value'] extends number
        ? number
        : number | null
      : S extends SwitchSetting
        ? boolean
        : S extends TextSetting
          ? S['value'] extends string
            ? string
            : string | null
          : S extends LayersSetting | CheckpointSetting
            ? string | null
            : readonly string[];

export type ValuesOf<S extends Settings> = { readonly [Name in keyof S]: ValueOf<S[Name]> };

/** A model that an analysis is given, as the command's flag names it. */
export interface ModelFlag {
  /** What it is called in results; the folder's name where that is not given. */
  readonly role?: RoleLabel;
  readonly required?: boolean;
  readonly repeated?: boolean;
}

export interface AnyDeclaration {
  /** Of its command and its journals. */
  readonly name: string;
  /**
   * What it is given: models and samples that they are asked about (`probe`), checkpoints whose updates are measured (`updates`), or models
   * and questions with right answers (`evaluation`).
   */
  readonly family: 'probe' | 'updates' | 'evaluation';
  /** What the command writes: one JSON, or a folder of files. */
  readonly writes: 'json' | 'folder';
  /** The section of docs/method.md that defines it: "§2". */
  readonly method: string;
  /** Where its page lists it, from the left. */
  readonly order: number;
  readonly settings: Settings;
}

/** Of an analysis that keeps records of its own. */
export interface Declaration extends AnyDeclaration {
  /** The modules its records come from, beside the engine: what another build of them computed is never gone on with. */
  readonly computedBy: readonly string[];
}

/** Of an analysis that asks models. */
export interface ProbeDeclaration extends Declaration {
  readonly family: 'probe';
  /** By flag, in the order in which results have them. */
  readonly models: Readonly<Record<string, ModelFlag>>;
  /** Whether the page gives it all models that are loaded and of one shape, or one. */
  readonly compares: boolean;
  /** What is asked: pairs of images with a question each, problems with or without images, questions about images. */
  readonly asks: 'pairs' | 'problems' | 'visual questions';
  /** The command's flag for them. */
  readonly samplesFlag: string;
  /** Whether the command takes one question of its own instead (`--prompt`, `--image`). */
  readonly takesPrompt?: boolean;
}

/** Of an analysis that measures updates: differences of checkpoints, read from disk. */
export interface UpdatesDeclaration extends Declaration {
  readonly family: 'updates';
  /** Its result file. */
  readonly file: string;
  /** Worker threads alone, or the GPU where it serves: then what computes is part of what names the records. */
  readonly computers: 'threads' | 'gpu';
  /** The analysis whose command measures this one besides, under a switch of its name, and whose file takes it in as a part. */
  readonly partOf?: string;
}

/** Of an analysis that asks models, or what is made of them, questions with right answers. Answers are kept by themselves, whoever asks. */
export interface EvaluationDeclaration extends AnyDeclaration {
  readonly family: 'evaluation';
  /** By flag, in the order in which results have them. */
  readonly models: Readonly<Record<string, ModelFlag>>;
  /** Whether the command says how much GPU memory the run took. */
  readonly measuresMemory: boolean;
  /** Whether its files tell how large each model's update from IN is: its command measures the energy of the same checkpoints. */
  readonly measuresUpdates?: boolean;
}

/** What is said of a setting. */
export interface SettingWords {
  /** In the command's `--help`. */
  readonly help: string;
  /** In the page's form; a setting without a place there needs none. */
  readonly label?: string;
  /** Its tooltip there. */
  readonly title?: string;
  /** What leaving a number open means, which the form writes as 0. */
  readonly open?: string;
  /** By choice, its name in the form, and where it comes from. */
  readonly names?: Readonly<Record<string, string>>;
  readonly titles?: Readonly<Record<string, string>>;
}

/** What is said of an analysis of updates besides. */
export interface UpdatesWords<S extends Settings = Settings> extends Words<S> {
  /** What is measured, in the middle of a sentence and as the title of its work. */
  readonly noun: string;
  readonly work: string;
  /** What it tells, as its name's tooltip. */
  readonly about: string;
  /** Of the switch of the command that measures it besides. */
  readonly part?: string;
}

/** Everything that is said of an analysis, in one language. Findings are functions of what was measured. */
export interface Words<S extends Settings = Settings> {
  /** As the page's list has it: "Token swap". */
  readonly title: string;
  /** In the list of commands. */
  readonly help: string;
  /** What the command's flag for samples takes. */
  readonly samples?: string;
  /** What to do, where nothing was measured yet. */
  readonly empty: string;
  /** What to do, where models are missing. */
  readonly needs: string;
  readonly settings: { readonly [Name in keyof S]: SettingWords };
  /** Sentences, as functions of what was measured. */
  readonly findings: Readonly<Record<string, (...measured: never[]) => string>>;
}

/** Of an evaluation. */
export interface EvaluationWords<S extends Settings = Settings> extends Words<S> {
  /** Of the command's flag for questions. */
  readonly samples: string;
  /** What questions need, where none of those given can be asked. */
  readonly nothingToAsk: string;
  /** By flag, what a model without a role is. */
  readonly models?: Readonly<Record<string, string>>;
}
