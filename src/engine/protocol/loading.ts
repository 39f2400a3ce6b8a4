import type { ModelId } from '../subject.ts';
import type { Device, WeightDtype } from './device.ts';

export interface LoadOptions {
  readonly device: Device;
  readonly dtype: WeightDtype;
  /** Keep converted weights in origin-private storage so that the next open skips quantization. */
  readonly keep?: boolean;
  /**
   * Bytes that everything on the device may take, from this load on: models that do not fit into them together take turns. Default: what
   * the device gives. No answer depends on it.
   */
  readonly memory?: number;
}

/** What it takes that models take turns. */
export interface TurnsCost {
  /** Bytes of weights that are read again. */
  readonly bytesReadAgain: number;
  /** At the rate of the last load or turn; null before any. */
  readonly seconds: number | null;
}

/** Turns of a list of subjects, as they are known beforehand. */
export interface PlannedTurns extends TurnsCost {
  /** Which comes when, as indices into the list: in this order little is read again. */
  readonly order: readonly number[];
  /** Most bytes of weights held at once. */
  readonly peakBytes: number;
  /** The memory that was stated. */
  readonly memoryBytes: number;
}

export interface MemoryEstimate {
  readonly weightBytes: number;
  readonly kvCacheBytes: number;
  readonly activationBytes: number;
  readonly totalBytes: number;
  readonly largestBindingBytes: number;
  /** Largest single binding the device takes; Infinity on WASM. */
  readonly bindingLimitBytes: number;
  /** What may be held in all: the WASM heap, or the user's budget for the GPU (browsers do not tell its size). */
  readonly budgetBytes: number;
  readonly alreadyHeldBytes: number;
  /** Where it fits by taking turns with what is held: what each change to this model takes at most. */
  readonly turns?: TurnsCost;
  readonly fits: boolean;
  /** Why it does not fit, with numbers and a remedy; empty when it does. */
  readonly refusals: readonly string[];
}

export interface LoadProgress {
  readonly phase: 'reading' | 'compiling';
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly bytesPerSecond: number;
  /** Seconds left at the present rate; null while unknown. */
  readonly etaSeconds: number | null;
  readonly tensor?: string;
}

/** How far converted weights are from the stored ones, over all quantized matrices. */
export interface QuantizationError {
  readonly relativeFrobenius: number;
  readonly maxAbs: number;
  readonly worstTensor: { readonly name: string; readonly relativeFrobenius: number };
}

export interface LoadedModel {
  readonly id: ModelId;
  readonly device: Device;
  /** What computes, as far as it tells: "vendor nvidia, architecture ampere, shader-f16". Part of the identity of results. */
  readonly adapter: string;
  readonly dtype: WeightDtype;
  readonly weightBytes: number;
  readonly bytesRead: number;
  readonly seconds: number;
  readonly fromStorage: boolean;
  /** SHA-256 of the stored tensors that were read whole, by canonical name: see `TensorHash`. Of a kept copy: when it was made. */
  readonly hashes?: Readonly<Record<string, string>>;
  /** What went otherwise than asked, e.g. that no copy could be kept. */
  readonly notices?: readonly string[];
  readonly quantization: QuantizationError | null;
  /** Of a checkpoint that is stored quantized. */
  readonly stored?: StoredMatrices;
}

/** What became of matrices that are stored quantized. */
export interface StoredMatrices {
  /** Their codes were moved as they are: the model computes with exactly what is stored. */
  readonly asStored: number;
  /** Their values were decoded, and converted to the dtype that was chosen. */
  readonly decoded: number;
}

/** Converted weights kept in origin-private storage. */
export interface StoredWeights {
  readonly key: string;
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly bytes: number;
}
