/** The folders of `tools/quantized/data/floats`: tensors in some layout, and the values they stand for. */
import { readFileSync } from 'node:fs';
import type { ByteSource } from '../../byte-source.ts';
import { readHeader } from '../../header.ts';
import { heldSource } from '../../testing/held-source.ts';
import type { FileTensor } from '../safetensors/quantization.ts';
import { safetensorsOf, type RawTensor } from './raw-tensors.ts';

const DATA = new URL('../../../../tools/quantized/data/floats/', import.meta.url);

export interface FloatCase {
  readonly declared: Readonly<Record<string, unknown>>;
  /** As stored, by stored name. */
  readonly stored: ReadonlyMap<string, RawTensor>;
  /** float32, by the name that a plain checkpoint has. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

export function floatData(file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(file, DATA)));
}

export function floatJson(file: string): unknown {
  return JSON.parse(new TextDecoder().decode(floatData(file)));
}

export async function rawTensors(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, RawTensor>> {
  const { tensors, unread } = await readHeader(heldSource('tensors', bytes), 'tensors');
  const raw = ({ dtype, shape, start, end }: FileTensor): RawTensor => ({
    ...{ dtype, shape, bytes: bytes.slice(start, end) },
  });
  return new Map([...tensors, ...unread].map((tensor) => [tensor.storedName, raw(tensor)]));
}

export async function floatCases(): Promise<ReadonlyMap<string, FloatCase>> {
  const stored = await rawTensors(floatData('units.safetensors'));
  const values = await rawTensors(floatData('values.safetensors'));
  const declared = floatJson('units.json') as Record<string, Record<string, unknown>>;
  const of = <T>(tensors: ReadonlyMap<string, RawTensor>, name: string, made: (tensor: RawTensor) => T) =>
    new Map(
      [...tensors].flatMap(([key, tensor]) => {
        const [owner, plain = ''] = key.split('|');
        return owner === name ? [[plain, made(tensor)] as const] : [];
      }),
    );
  return new Map(
    Object.entries(declared).map(([name, said]) => [
      name,
      {
        declared: said,
        stored: of(stored, name, (tensor) => tensor),
        values: of(values, name, ({ bytes }) => new Float32Array(bytes.buffer)),
      },
    ]),
  );
}

/** A folder of these tensors, and a config.json that declares them quantized, or nothing. */
export function quantizedFolder(
  stored: ReadonlyMap<string, RawTensor>,
  declared: Readonly<Record<string, unknown>> | null,
): Map<string, ByteSource> {
  const config = declared === null ? {} : { quantization_config: declared };
  return new Map(
    [
      heldSource('model.safetensors', safetensorsOf(stored)),
      heldSource('config.json', new TextEncoder().encode(JSON.stringify(config))),
    ].map((source) => [source.name ?? '', source]),
  );
}
