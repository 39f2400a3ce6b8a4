/** What a folder can be quantized to, and what each way asks of its readers. */
import { awqEncoder } from '../../checkpoint/formats/gptq-awq/write.ts';
import { packedEncoder } from '../../checkpoint/formats/compressed-tensors/write.ts';
import type { Encoder } from '../../checkpoint/formats/encoder.ts';
import { blockEncoder, type WrittenBlock } from '../../checkpoint/formats/gguf/write-blocks.ts';
import { NamedError } from '../../named-error.ts';
import type { CODE_BITS, QUANTIZED_FORMATS } from '../../quantized-formats.mjs';
import { GROUPS } from '../../quantized-formats.mjs';

export type QuantizedFormat = (typeof QUANTIZED_FORMATS)[number];
export type CodeBits = (typeof CODE_BITS)[number];
export type Group = (typeof GROUPS)[number];

/** Plain data: it crosses to workers, and is part of what names an export. */
export interface Scheme {
  readonly format: QuantizedFormat;
  readonly bits: 4 | 8;
  /** Input columns that share a scale; null: those of a whole output channel do. */
  readonly group: number | null;
  /** Whether a head that is not the embeddings is quantized, too. */
  readonly head: boolean;
}

/** The blocks of a GGUF format; null for one that stays safetensors. */
export function ggufBlock({ format }: Pick<Scheme, 'format'>): WrittenBlock | null {
  if (format === 'gguf-q8_0') return 'Q8_0';
  return format === 'gguf-q4_0' ? 'Q4_0' : null;
}

/** What a format has where nothing else is asked. */
export function defaultsOf(format: QuantizedFormat): Pick<Scheme, 'bits' | 'group'> {
  const block = ggufBlock({ format });
  return { bits: block === 'Q8_0' ? 8 : 4, group: block ? 32 : 128 };
}

/** As it is asked for in the shell and on the page; what is not given is the format's own. */
export interface AskedScheme {
  readonly format: QuantizedFormat;
  readonly bits?: CodeBits | undefined;
  readonly group?: Group | undefined;
  readonly head?: boolean;
}

export function schemeOf({ format, bits, group, head = false }: AskedScheme): Scheme {
  const own = defaultsOf(format);
  return {
    format,
    bits: bits === undefined ? own.bits : bits === '8' ? 8 : 4,
    group: group === undefined ? own.group : group === 'channel' ? null : Number(group),
    head,
  };
}

/** What can be asked of a format; none where it has one size alone. */
export function groupsOf(format: QuantizedFormat): readonly Group[] {
  if (ggufBlock({ format })) return [];
  return format === 'awq' ? GROUPS.filter((group) => group !== 'channel') : GROUPS;
}

/** @throws NamedError `BadValue` for what the format does not have */
export function checkScheme({ format, bits, group, head }: Scheme): void {
  if (format === 'compressed-tensors') return;
  const own = defaultsOf(format);
  const refused = (what: string, field: string, remedy: string): NamedError =>
    new NamedError('BadValue', `${format} has ${what}`, { field }, `${remedy}, or take compressed-tensors`);
  if (bits !== own.bits) throw refused(`${own.bits} bits`, 'bits', 'leave it out');
  if (format === 'awq') {
    if (group === null) throw refused('groups', 'group', 'give 128, 64 or 32');
    if (head) throw refused('a head as it was', 'head', 'leave it out');
  } else if (group !== own.group) throw refused('blocks of 32', 'group', 'leave it out');
}

export function encoderOf(scheme: Scheme): Encoder {
  const block = ggufBlock(scheme);
  if (block) return blockEncoder(block);
  return scheme.format === 'awq' ? awqEncoder(scheme.group ?? 128) : packedEncoder(scheme);
}

/** "compressed-tensors, 4 bits in groups of 128". */
export function schemeLabel(scheme: Scheme): string {
  const block = ggufBlock(scheme);
  if (block) return `GGUF, ${block}`;
  const { format, bits, group } = scheme;
  const scales = group === null ? 'with one scale an output channel' : `in groups of ${group}`;
  return `${format === 'awq' ? 'AWQ' : format}, ${bits} bits ${scales}`;
}
