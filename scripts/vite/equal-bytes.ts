/**
 * Typed arrays of one kind are equal where their bytes are. Without this, `toEqual` lists the indices of both as names of
 * properties and compares them one by one: a second for a megabyte. Where bytes differ its own rules decide, and tell where.
 */
import { expect } from 'vitest';

/** @returns undefined where other rules have to decide */
export function sameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  if (a.constructor !== b.constructor || a.byteLength !== b.byteLength) return undefined;
  const [left, right] = [a, b].map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  for (let at = 0; at < a.byteLength; at++) if (left?.[at] !== right?.[at]) return undefined;
  return true;
}

expect.addEqualityTesters([sameBytes]);
