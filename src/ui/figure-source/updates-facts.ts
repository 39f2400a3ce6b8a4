import { commandLine, type FlagWords, folderWord } from '../../analyses/command-line.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { Updates, UpdatesPlan } from '../../analyses/updates.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { MergedFolder } from '../../merge/folder/merged-folder.ts';
import { isRole } from '../../roles.mjs';
import { wordsOf } from '../analyses/words-of.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { t } from './texts.ts';
import { toldFacts } from './told-facts.ts';

/** How updates of a page are called. */
interface Legend {
  /** A checkpoint, by its name in results: "RL" of `rl`. */
  readonly labelOf: (role: string) => string;
  /** Last layers of Early and Mid, as a command has them; null for thirds. */
  readonly cuts: string | null;
}

/** So many updates are named in what was done; of more, their checkpoints say enough. */
const MOST_NAMED = 2;

/** What charts of an analysis of updates carry. */
export function updatesFacts(
  analysis: Pick<Updates, 'declaration' | 'settingsOf' | 'words'>,
  plan: Pick<UpdatesPlan<unknown, unknown>, 'identity' | 'checkpoints' | 'deltas' | 'pairing'>,
  { labelOf, cuts }: Legend,
): PageFacts {
  const { declaration, settingsOf } = analysis;
  const { name, method, computers, file } = declaration;
  const { identity, checkpoints, pairing } = plan;
  const identified = identity.settings as SettingValues;
  const values = settingsOf(identified);
  const computer = typeof identified['computer'] === 'string' ? identified['computer'] : 'cpu';
  const all = [...checkpoints];
  const formulas = plan.deltas.map(({ to, from }) => `${labelOf(to)} − ${labelOf(from)}`);
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
  const facts = {
    ...{ analysis: name, method },
    checkpoints: all.map(([role, { name: folder, fingerprint }]) => ({
      ...{ name: labelOf(role), folder, fingerprint },
    })),
    seed: typeof seed === 'number' ? seed : null,
    ...{ dtype: [...stored].sort().join(', '), device: computer },
    settings: { ...values, ...(cuts === null ? {} : { cuts }) },
    command: commandLine(declaration, values, { before, after }),
  };
  return toldFacts(facts, () => ({
    done: t.updates(wordsOf(analysis).work, formulas.length > MOST_NAMED ? [] : formulas),
    on: null,
    remarks: merged.map(([role]) => t.recipe(role)),
  }));
}

function flagOf([role, { name }]: readonly [string, Pick<Checkpoint, 'name'>]): FlagWords[number] {
  return [isRole(role) ? role : 'model', folderWord(name)];
}
