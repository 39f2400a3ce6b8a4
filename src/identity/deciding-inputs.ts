/** Everything that decides a result, by kind of work. Whoever makes an identity has to give all of it. */
import type { Json } from './canonical-json.ts';
import type { ImageProcessing } from '../vlm/image-processing.ts';
import type { FileHashes } from '../vlm/deciding-files.ts';

/** By the part it has in the work, what identifies a checkpoint's weights. */
export type Weights = Readonly<Record<string, string>>;

/** A checkpoint as it computes: its weights, the small files beside them, and what computes in which rounding. */
export interface ResidentModel {
  readonly fingerprint: string;
  readonly smallFiles: FileHashes;
  readonly device: string;
  /** As the device tells (`adapter-name.ts`). */
  readonly adapter: string;
  readonly dtype: string;
}

/** Models by the part they have in the work. */
export type Models = Readonly<Record<string, ResidentModel>>;

/** What is common to all answers of a journal. */
interface Answering {
  readonly system: string | null;
  readonly maxNewTokens: number;
  readonly maxImagePixels: number;
  /** Null where a service makes pixels of images. */
  readonly imageProcessing: ImageProcessing | null;
  readonly device: string;
  readonly dtype: string;
}

export interface DecidingInputs {
  /** A journal of answers; each is filed under its `answer`. */
  readonly answers: Answering & {
    /** Of every checkpoint that a part is taken from. */
    readonly weights: Weights;
    /** Of the one whose tokenizer, chat template and image processor are used; none of a service. */
    readonly files: FileHashes;
    /** What computes; null where a service does. */
    readonly adapter: string | null;
  };
  /** An export of a merge: what the bytes of its folder depend on. */
  readonly merge: {
    /** Of every donor. */
    readonly weights: Weights;
    readonly recipe: Json;
    /** The largest file of weights. */
    readonly shardBytes: number;
    /** What the donors are called. */
    readonly checkpoints: readonly string[];
    /** Of the folder that is written, by their names: SHA-256 of their pieces. */
    readonly smallFiles: FileHashes;
    /** SHA-256 over the plan, tensor by tensor. */
    readonly plan: string;
    /** How weights are rounded to a format of few bits, where they are. */
    readonly quantized?: Json;
  };
  /** A journal of verdicts; each is filed under its `verdict`. */
  readonly verdicts: { readonly judge: string };
  /** One answer. */
  readonly answer: Answering & {
    /** Of a `variant`, or of an `endpoint`. */
    readonly model: string;
    /** The prompt, with a picture between each piece and the next. */
    readonly pieces: readonly string[];
    /** What names each picture, in order: its hash, a black one's size. */
    readonly pictures: readonly string[];
  };
  /** A model that is asked here: each part of it, and the files of the checkpoint that gives everything but layers. */
  readonly variant: {
    /** Everything but layers and head, each layer, the head. */
    readonly parts: readonly Omit<ResidentModel, 'smallFiles'>[];
    readonly files: FileHashes;
  };
  /** A model that a service runs: what the service changes behind these is not seen. */
  readonly endpoint: {
    readonly dialect: string;
    readonly address: string;
    readonly model: string;
    readonly temperature: number | null;
    readonly limitField: string;
  };
  /** One verdict of a judge. */
  readonly verdict: {
    readonly system: string;
    readonly prompt: string;
    readonly maxNewTokens: number;
  };
}

export type Kind = keyof DecidingInputs;
/** Kinds that name one thing by a hash: an answer within a journal, a model within an answer. */
export type NamedKind = 'answer' | 'variant' | 'endpoint' | 'verdict';
/** Kinds that have journals: a merge keeps its own, in the folder that it writes. */
export type JournalKind = Exclude<Kind, NamedKind>;
/** Kinds whose journals are in the browser's storage, or the command's, beside those of analyses. */
export type WorkKind = Exclude<JournalKind, 'merge'>;
