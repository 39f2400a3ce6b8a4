import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { NamedError } from '../../named-error.ts';

/** A safetensors file with exactly this header text, right or wrong, before `dataBytes` bytes of data. */
export function fileWith(headerText: string, dataBytes: number): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(headerText);
  const file = new Uint8Array(8 + header.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  return file;
}

export function source(content: string | Uint8Array<ArrayBuffer>, name = 'file'): ByteSource {
  return new File([content], name);
}

export function folder(
  contents: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
): CheckpointFiles {
  return new Map(Object.entries(contents).map(([name, content]) => [name, source(content, name)]));
}

/** The NamedError that `work` rejects with; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<NamedError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
  throw new Error('expected a NamedError, and nothing was thrown');
}
