import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { openDonor } from './donor.ts';

const NAME = 'tied-gqa1-bf16-old';

/** What `tools/configs/make.py` saved from that checkpoint's config. */
const path = new URL('../../../tools/configs/data/golden.json', import.meta.url);
const { starts } = JSON.parse(readFileSync(path, 'utf8')) as {
  starts: Record<typeof NAME, { contents: readonly { config: object }[] }>;
};

test('a donor is the same whichever release of transformers wrote its config.json', async () => {
  const files = await goldenFolder(readFromDisk, NAME);
  const own = await openDonor('IN', files);
  expect(starts[NAME].contents.length).toBeGreaterThan(3);
  for (const { config } of starts[NAME].contents) {
    const written = new File([JSON.stringify(config)], 'config.json');
    const donor = await openDonor('IN', new Map([...files, ['config.json', written]]));
    expect(donor.config).toEqual(own.config);
  }
});
