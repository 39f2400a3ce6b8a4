import { EVALUATIONS, PROBES, UPDATES } from '../../analyses/registry.ts';
import { GivenParts } from '../../study/parts/given-parts.ts';
import { type PartFolder, STUDY } from '../../study/parts/part-file.ts';
import { combined } from '../combined.ts';
import { combineStudy } from '../combined-study.ts';
import type { Command } from '../context.ts';
import type { GivenInputs } from '../file-inputs.ts';

/** Part folders of one command into the files that one run of it writes. No model is loaded, and nothing of what was asked is opened. */
export const run: Command = async (context) => {
  const { inputs, out } = context;
  const parts = await GivenParts.of(givenFolders(inputs));
  if (parts.command === STUDY) {
    await combineStudy(context, parts);
    return undefined;
  }
  const { files } = await combined(parts);
  for (const { path, text } of files) {
    await out.text(path, text);
    if (writesOne(parts.command)) break;
  }
  return undefined;
};

/** Whether a command answers one JSON: what it would write besides belongs to a study. */
function writesOne(command: string): boolean {
  const found = PROBES.get(command) ?? UPDATES.get(command) ?? EVALUATIONS.get(command);
  return found?.declaration.writes === 'json';
}

/** Each with the name under which it was given: `scripts/part-folders.mjs` puts it before the paths. */
function givenFolders(inputs: GivenInputs): readonly PartFolder[] {
  const folders = new Map<string, Map<string, File>>();
  for (const [path, file] of inputs.one('parts')?.files ?? []) {
    const cut = path.indexOf('/');
    const top = path.slice(0, cut);
    const files = folders.get(top) ?? new Map<string, File>();
    folders.set(top, files.set(path.slice(cut + 1), file));
  }
  return [...folders].map(([top, files]) => {
    return { name: decodeURIComponent(top.slice(top.indexOf(':') + 1)), files };
  });
}
