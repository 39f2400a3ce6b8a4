/** A loaded checkpoint on its way from one engine to another. */
import { transfer } from 'comlink';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Resident } from './resident.ts';

/** Plain data, as a message holds it. */
export interface HandedModel {
  /** Without its files. */
  readonly checkpoint: Checkpoint;
  /** `TensorHash`es of what was read, by canonical name. */
  readonly hashes: ReadonlyMap<string, string>;
  /** The bytes of every array, each in a buffer of its own. */
  readonly weights: readonly (readonly [array: string, bytes: Uint8Array<ArrayBuffer>])[];
}

/** What another engine needs to have the same: a copy of all arrays, where they are plain bytes. */
export function handedModel(
  checkpoint: Checkpoint,
  hashes: ReadonlyMap<string, string>,
  { arrays }: Pick<Resident, 'arrays'>,
): HandedModel {
  const weights = [...arrays.constants()].map(([name, bytes]) => [name, bytes.slice()] as const);
  return { checkpoint: { ...checkpoint, files: new Map() }, hashes, weights };
}

/** The same, on its way to another thread: not copied, and gone from this one. */
export function transferred(handed: HandedModel): HandedModel {
  return transfer(
    handed,
    handed.weights.map(([, bytes]) => bytes.buffer),
  );
}
