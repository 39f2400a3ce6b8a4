/** What tells the work of a journal file from the one that was to go on with it, in words. */
import { NamedError, shortened } from '../../named-error.ts';
import { canonicalJson, type Json } from '../../identity/canonical-json.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { buildName, modulesOf } from '../../work/modules.ts';
import { adapterText } from '../../work/adapter-name.ts';
import type { Description } from './description.ts';

/** Differences said of many, at most. */
const SAID = 4;
/** Digits that tell one hash from another. */
const HASH = 12;
/** What computes, by the part that it has in the work: `computedBy.model.device`. */
const COMPUTED_BY = /^computedBy\.(.*)\.(device|adapter|dtype)$/;
const MACHINE = /^(device|adapter|dtype|computer)\b/;

interface Difference {
  /** "weights of rl", "device of model", "maxNewTokens". */
  readonly name: string;
  readonly theirs: string;
  readonly ours: string;
}

/**
 * @param works what was to be done: the file may be of any of them
 * @returns NamedError `OtherWork`, with what differs from the nearest of them
 */
export function otherWork(file: string, theirs: Description, works: readonly WorkIdentity[]): NamedError {
  const [nearest] = works
    .map((ours) => ({ ours, found: differences(theirs, ours) }))
    .sort((a, b) => a.found.length - b.found.length);
  const found = nearest?.found ?? [];
  const more = found.length > SAID ? `, and ${found.length - SAID} more differences` : '';
  const told = found
    .slice(0, SAID)
    .map(({ name, theirs, ours }) => adapterText(`${name} ${theirs}, here ${ours}`));
  return new NamedError(
    'OtherWork',
    `the journal is of other work: ${told.join('; ')}${more}`,
    { file },
    remedyOf(theirs, found),
  );
}

function differences(theirs: Description, ours: WorkIdentity): readonly Difference[] {
  if (theirs.kind !== ours.kind) return [{ name: 'kind', theirs: theirs.kind, ours: ours.kind }];
  const inputs = compared(
    new Map(Object.entries(theirs.inputs).map(([name, hash]) => [name, hash.slice(0, HASH)])),
    new Map(Object.entries(ours.inputs).map(([name, hash]) => [name, hash.slice(0, HASH)])),
  );
  const settings = compared(
    leaves(theirs.settings),
    leaves(JSON.parse(JSON.stringify(ours.settings)) as Json),
  );
  const build = { name: 'build', theirs: theirs.build, ours: buildName() };
  return [...inputs, ...settings, ...(theirs.modules === modulesOf(ours.kind) ? [] : [build])];
}

function compared(
  theirs: ReadonlyMap<string, string>,
  ours: ReadonlyMap<string, string>,
): readonly Difference[] {
  const names = [...new Set([...theirs.keys(), ...ours.keys()])];
  return names
    .filter((name) => theirs.get(name) !== ours.get(name))
    .map((name) => ({
      name: name.replace(COMPUTED_BY, '$2 of $1'),
      theirs: shortened(theirs.get(name) ?? 'none', 60),
      ours: shortened(ours.get(name) ?? 'none', 60),
    }));
}

/** Settings by their paths: "computedBy.model.device". */
function leaves(settings: Json, path = ''): ReadonlyMap<string, string> {
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings))
    return new Map([[path, typeof settings === 'string' ? settings : canonicalJson(settings)]]);
  const fields = Object.entries(settings as Readonly<Record<string, Json>>);
  return new Map(
    fields.flatMap(([name, value]) => [...leaves(value, path === '' ? name : `${path}.${name}`)]),
  );
}

function remedyOf({ build }: Description, found: readonly Difference[]): string {
  const names = found.map(({ name }) => name);
  if (names.includes('kind')) return 'give it to the command that does this kind of work';
  if (names.includes('build'))
    return `run it with the build that wrote it (${build}), or leave --journal out`;
  const machine = names.some((name) => MACHINE.test(name));
  return `give the inputs and flags that it was begun with${machine ? ', on the same kind of device and with the same dtype' : ''}, or leave --journal out`;
}
