import { join, relative } from 'node:path';
import { NamedError } from './named-error.mjs';
import { ensurePackages } from './packages.mjs';
import { PACKAGES, ROOT } from './paths.mjs';
import { runCommand } from './run-command.mjs';

/** `npm run -s pack -- NAME ...`: packs `packages/NAME`, each into a tarball that `npm install` takes, and prints their paths. */
await runCommand(async () => {
  const names = process.argv.slice(2);
  ensurePackages();
  // Imported late: it needs the packages.
  const { pack, NAMES } = await import('./pack/pack.mjs');
  const unknown = names.find((name) => !NAMES.includes(name));
  if (names.length === 0 || unknown !== undefined)
    throw new NamedError(
      'UnknownPackage',
      `"${unknown ?? ''}" is not a package`,
      '',
      `known: ${NAMES.join(' ')}`,
    );
  const tarballs = [];
  for (const name of names) tarballs.push(await pack(name, join(PACKAGES, 'dist')));
  return tarballs.map((path) => relative(ROOT, path)).join('\n');
});
