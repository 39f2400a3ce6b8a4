import type { CheckpointFiles } from '../byte-source.ts';
import { asObject, optionalObject } from '../config-hints.ts';
import type { OpenedFormat } from './stored-format.ts';

/** What config.json says the plain checkpoint's values are stored in. */
export async function plainDtypeOf(files: CheckpointFiles): Promise<Pick<OpenedFormat, 'plainDtype'>> {
  const config = await optionalObject(files, 'config.json');
  const text = asObject(config['text_config']) ?? {};
  const said = [config['dtype'], config['torch_dtype'], text['dtype'], text['torch_dtype']];
  const known = { bfloat16: 'BF16', float16: 'F16', float32: 'F32' } as const;
  const name = said.find(
    (value): value is keyof typeof known => typeof value === 'string' && Object.hasOwn(known, value),
  );
  return name === undefined ? {} : { plainDtype: known[name] };
}
