import type { Surroundings } from '../engine.ts';
import { inlineConvert } from '../weights/convert-inline.ts';

/** Conversion in place of the worker pool, and nothing kept. */
export const INLINE: Pick<Surroundings, 'convert' | 'kept'> = { convert: inlineConvert, kept: null };
