import { ROLES, type Role } from '../roles.mjs';
import { listFiles } from '../checkpoint/byte-source.ts';
import { noticeLines } from '../checkpoint/weight-files.ts';
import { MergedFolder } from '../merge/folder/merged-folder.ts';
import type { CheckpointSet } from '../spectra/deltas/pairing.ts';
import { version } from '../version.ts';

/** By role, what identifies each checkpoint. */
export function fingerprints(checkpoints: CheckpointSet): Record<string, string> {
  return Object.fromEntries([...checkpoints].map(([role, { fingerprint }]) => [role, fingerprint]));
}

/** Their own names, as a reader tells one piece of work from another. */
export function namesOf(checkpoints: CheckpointSet): string {
  return [...checkpoints.values()].map(({ name }) => name).join(', ');
}

/** Names of the family's checkpoints, as result files have them. */
export function modelNames(checkpoints: CheckpointSet): Partial<Record<Role, string>> {
  const given = ROLES.flatMap((role) => {
    const name = checkpoints.get(role)?.name;
    return name === undefined ? [] : [[role, name] as const];
  });
  return Object.fromEntries(given);
}

/** By role, what each checkpoint is stored in that is no plain safetensors. */
export function formatsOf(checkpoints: CheckpointSet): Record<string, string> {
  return Object.fromEntries(
    [...checkpoints].flatMap(([role, { format }]) => (format === undefined ? [] : [[role, format]])),
  );
}

/**
 * Where a result comes from: app, checkpoints with their files, of a merge its recipe and donors, and how much of the whole it
 * is.
 */
export function characterizeProvenance(
  checkpoints: CheckpointSet,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    version,
    checkpoints: Object.fromEntries(
      [...checkpoints].map(([role, { name, fingerprint, files, weightFiles, notices }]) => [
        role,
        {
          ...{ name, fingerprint },
          ...(files instanceof MergedFolder
            ? { merge: { recipe: files.plan.recipe, donors: donorsOf(files) } }
            : {}),
          files: listFiles(files),
          // Which of them the weights were read from, and why not others.
          weightFiles,
          notices: noticeLines(notices),
        },
      ]),
    ),
    ...more,
  };
}

/** By their names in the recipe. */
function donorsOf({ plan }: MergedFolder): Record<string, { checkpoint: string; fingerprint: string }> {
  return Object.fromEntries(
    plan.donors.map(({ name, checkpoint, fingerprint }) => [name, { checkpoint, fingerprint }]),
  );
}
