/** The folders of `tools/quantized/data/floats`: tensors in some layout, and the values they stand for. */
import type { ByteSource } from '../../byte-source.ts';
import { readHeader } from '../../header.ts';
import { heldSource } from '../../testing/held-source.ts';
import type { FileTensor } from '../safetensors/quantization.ts';
import { safetensorsOf, type RawTensor } from './raw-tensors.ts';

export interface FloatCase {
  readonly declared: Readonly<Record<string, unknown>>;
  /** As stored, by stored name. */
  readonly stored: ReadonlyMap<string, RawTensor>;
  /** float32, by the name that a plain checkpoint has. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** Reads a file of that folder. */
export type ReadFixture = (file: string) => Uint8Array<ArrayBuffer>;

export async function rawTensors(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, RawTensor>> {
  const { tensors, unread } = await readHeader(heldSource('tensors', bytes), 'tensors');
  const raw = ({ dtype, shape, start, end }: FileTensor): RawTensor => ({
    ...{ dtype, shape, bytes: bytes.slice(start, end) },
  });
  return new Map([...tensors, ...unread].map((tensor) => [tensor.storedName, raw(tensor)]));
}

export async function floatCases(read: ReadFixture): Promise<ReadonlyMap<string, FloatCase>> {
  const stored = await rawTensors(read('units.safetensors'));
  const values = await rawTensors(read('values.safetensors'));
  const declared = JSON.parse(new TextDecoder().decode(read('units.json'))) as Record<
    string,
    Record<string, unknown>
  >;
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
