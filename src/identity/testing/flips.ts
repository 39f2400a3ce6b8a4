/** A resident model, and every other one that is not the same. */
import type { ResidentModel } from '../deciding-inputs.ts';

export const smallFiles = {
  'config.json': 'a',
  'generation_config.json': 'b',
  'tokenizer.json': 'c',
  'chat_template.jinja': 'd',
};
export const resident: ResidentModel = {
  ...{ fingerprint: 'f', smallFiles, device: 'webgpu', adapter: 'vendor nvidia', dtype: 'q4' },
};
export const other: ResidentModel = { ...resident, fingerprint: 'g' };

/** The same files, each with another content in turn; one less; one more. */
export const FILE_FLIPS = [
  ...Object.keys(smallFiles).map((file) => ({ ...smallFiles, [file]: 'changed' })),
  { 'config.json': 'a' },
  { ...smallFiles, 'preprocessor_config.json': 'e' },
] as const;
export const RESIDENT_FLIPS: readonly ResidentModel[] = [
  { ...resident, fingerprint: 'changed' },
  { ...resident, device: 'wasm' },
  { ...resident, adapter: 'vendor amd' },
  { ...resident, dtype: 'f32' },
  ...FILE_FLIPS.map((files) => ({ ...resident, smallFiles: files })),
];
