import { commandLine, type FlagWords, folderWord } from '../../analyses/command-line.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { Updates, UpdatesPlan } from '../../analyses/updates.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { MergedFolder } from '../../merge/folder/merged-folder.ts';
import { isRole, ROLE_LABELS } from '../../roles.mjs';
import type { PageFacts } from '../charts/export/figure-facts.ts';

/** What charts of an analysis of updates carry. @param cuts last layers of Early and Mid, as a command has them; null for thirds */
export function updatesFacts(
  { declaration, settingsOf }: Pick<Updates, 'declaration' | 'settingsOf'>,
  plan: Pick<UpdatesPlan<unknown, unknown>, 'identity' | 'checkpoints' | 'pairing'>,
  cuts: string | null,
): PageFacts {
  const { name, method, computers, file } = declaration;
  const { identity, checkpoints, pairing } = plan;
  const identified = identity.settings as SettingValues;
  const values = settingsOf(identified);
  const computer = typeof identified['computer'] === 'string' ? identified['computer'] : 'cpu';
  const all = [...checkpoints];
  const merged = all.filter(([, { files }]) => files instanceof MergedFolder);
  const before: FlagWords = [
    ...all.filter((one) => !merged.includes(one)).map(flagOf),
    // One flag with all of them: a command takes it with several values.
    ...(merged.length > 0 ? [['recipe', ...merged.map(([role]) => `<recipe ${role}>`)] as const] : []),
  ];
  const after: FlagWords = [
    ...(cuts === null ? [] : [['cuts', cuts] as const]),
    ...(computers === 'gpu' ? [['device', computer === 'cpu' ? 'wasm' : 'webgpu'] as const] : []),
    ['out', file],
  ];
  const stored = new Set(
    pairing.families.flatMap(({ entries }) => [...entries.values()].map(({ dtype }) => dtype)),
  );
  const seed = values['seed'];
  return {
    ...{ analysis: name, work: identity.title, method },
    checkpoints: all.map(([role, { name: folder, fingerprint }]) => ({
      ...{ name: labelOf(role), folder, fingerprint },
    })),
    seed: typeof seed === 'number' ? seed : null,
    ...{ dtype: [...stored].sort().join(', '), device: computer },
    settings: { ...values, ...(cuts === null ? {} : { cuts }) },
    command: commandLine(declaration, values, { before, after }),
    remarks: merged.map(([role]) => `<recipe ${role}> stands for the file with that merge’s recipe.`),
  };
}

const labelOf = (role: string): string => (isRole(role) ? ROLE_LABELS[role] : role);

function flagOf([role, { name }]: readonly [string, Pick<Checkpoint, 'name'>]): FlagWords[number] {
  return [isRole(role) ? role : 'model', folderWord(name)];
}
