/** The goldens of the check as they are committed, without the archive that a build makes of them. */
import { goldenFolder, type ReadGolden } from '../../engine/testing/goldens.ts';
import { openGoldens, type Goldens } from '../goldens.ts';

const EXPECTED = 'device-check/expected.json';

export async function committedGoldens(read: ReadGolden): Promise<Goldens> {
  const files = new Map<string, Blob>();
  const expected = await read(EXPECTED);
  const { checkpoint, image, source } = JSON.parse(new TextDecoder().decode(expected)) as {
    readonly checkpoint: string;
    readonly image: string;
    readonly source: string;
  };
  for (const [name, file] of await goldenFolder(read, checkpoint))
    files.set(`checkpoints/${checkpoint}/${name}`, file);
  for (const path of [
    EXPECTED,
    'device-check/expected.safetensors',
    ...[image, source].map((name) => `images/${name}.png`),
  ])
    files.set(path, new Blob([await read(path)]));
  return openGoldens(files);
}
