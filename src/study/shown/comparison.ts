/** What was compared, as it is kept with what was measured of it: all that naming and drawing takes, and no weight. */
import * as v from 'valibot';
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { listFiles } from '../../checkpoint/byte-source.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import { toldSettings } from '../../analyses/told-settings.ts';
import type { Updates, UpdatesPlan } from '../../analyses/updates.ts';
import { counted } from '../../counted.ts';
import type { Json } from '../../identity/canonical-json.ts';
import { MergedFolder } from '../../merge/folder/merged-folder.ts';
import { NamedError } from '../../named-error.ts';
import type { CheckpointSet } from '../../spectra/deltas/pairing.ts';
import { asRead, count, MOST_LAYERS } from './model.ts';
import type { ShownPart } from './part.ts';

const BODY = v.looseObject({ visionBlocks: count(MOST_LAYERS), layers: count(MOST_LAYERS) });
const SHAPE = v.object({
  body: BODY,
  computer: v.string(),
  values: v.record(v.string(), v.unknown()),
  checkpoints: v.array(
    v.object({
      role: v.string(),
      shown: v.object({ label: v.string(), colour: v.pipe(v.string(), v.regex(/^var\(--[\w-]+\)$/)) }),
      files: v.array(v.object({ name: v.string(), bytes: v.number() })),
      tensors: v.array(v.looseObject({ name: v.string(), shape: v.array(v.number()), bytes: v.number() })),
      unread: v.array(v.tuple([v.string(), v.string()])),
      rest: v.looseObject({ name: v.string(), fingerprint: v.string(), weightFiles: v.array(v.string()) }),
    }),
  ),
});

/** How deep a model is, and where image features enter. */
interface Body {
  readonly visionBlocks: number;
  readonly layers: number;
  readonly injectedAfter?: readonly number[];
}

/** How a checkpoint is shown: its name, and its colour as a token of the theme. */
export interface Shown {
  readonly label: string;
  readonly colour: string;
}

export interface Compared {
  readonly body: Body;
  readonly set: CheckpointSet;
  /** By their names in results. */
  readonly identities: ReadonlyMap<string, Shown>;
  readonly computer: string;
}

/** What a later visit lists and shows measured updates by; null where what was compared cannot be kept. */
export function shownUpdates(
  { declaration, words }: Pick<Updates, 'declaration' | 'words'>,
  { identity, total }: Pick<UpdatesPlan<unknown, unknown>, 'identity' | 'total'>,
  values: SettingValues,
  given: Json | null,
): ShownPart | null {
  if (given === null) return null;
  const told = toldSettings(declaration.settings, words.settings, values);
  return { title: identity.title, told, n: counted(total, 'tensor'), given };
}

/** Null of merges: what they are of is a plan and its donors, which are not kept. */
export function keptComparison(
  { body, set, identities, computer }: Compared,
  values: SettingValues,
): { readonly [name: string]: Json } | null {
  if ([...set.values()].some(({ files }) => files instanceof MergedFolder)) return null;
  const checkpoints = [...set].map(([role, { files, tensors, unread, ...rest }]) => {
    const { label = role, colour = 'var(--ink)' } = identities.get(role) ?? {};
    return {
      ...{ role, rest, shown: { label, colour }, files: listFiles(files) },
      ...{ tensors: [...tensors.values()], unread: [...unread] },
    };
  });
  return asRead(SHAPE, { body, computer, values, checkpoints }) as { readonly [name: string]: Json };
}

/** Null where another version of the app kept it. */
export function comparisonAgain(
  kept: Json,
): { readonly compared: Compared; readonly values: SettingValues } | null {
  const { success, output } = v.safeParse(SHAPE, kept);
  if (!success) return null;
  const { body, computer, values, checkpoints } = output;
  const set = new Map(
    checkpoints.map(({ role, files, tensors, unread, rest }) => {
      const checkpoint = {
        ...rest,
        files: new Map(files.map((file) => [file.name, absent(file)])),
        tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
        unread: new Map(unread),
      };
      return [role, checkpoint as unknown as Checkpoint] as const;
    }),
  );
  const identities = new Map(checkpoints.map(({ role, shown }) => [role, shown]));
  return { compared: { body, set, identities, computer }, values };
}

/** A file that is known by its name and size. */
function absent({ name, bytes }: { readonly name: string; readonly bytes: number }): ByteSource {
  const gone = new NamedError('NotOpen', `${name} is not open`, { file: name }, 'open its folder again');
  return { name, size: bytes, slice: () => ({ arrayBuffer: () => Promise.reject(gone) }) };
}
