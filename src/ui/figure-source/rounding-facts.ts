import { commandLine, type FlagWords, folderWord } from '../../analyses/command-line.ts';
import type { MergePlan } from '../../merge/plan/plan.ts';
import { defaultsOf, type Scheme, schemeLabel } from '../../merge/quantize/scheme.ts';
import { ROLE_LABELS, ROLES } from '../../roles.mjs';
import type { PageFacts } from '../charts/export/figure-facts.ts';

/** What the chart of what rounding loses carries (docs/method.md §16). */
export function roundingFacts(
  { recipe, donors }: Pick<MergePlan, 'recipe' | 'donors'>,
  scheme: Scheme,
): PageFacts {
  const { format, bits, group, head } = scheme;
  const own = defaultsOf(format);
  const flagOf = (name: string): string => ROLES.find((role) => ROLE_LABELS[role] === name) ?? 'model';
  const before: FlagWords = [
    ['recipe', '<recipe>'],
    ...donors.map(({ name, checkpoint }) => [flagOf(name), folderWord(checkpoint)] as const),
    ['format', format],
    ...(bits === own.bits ? [] : [['bits', String(bits)] as const]),
    ...(group === own.group ? [] : [['group', group === null ? 'channel' : String(group)] as const]),
    ...(head ? [['head'] as const] : []),
  ];
  return {
    ...{ analysis: 'quantize', method: '§16', seed: null, dtype: schemeLabel(scheme), device: 'cpu' },
    work: `Rounding of ${donors.map(({ name }) => name).join(' and ')} to ${schemeLabel(scheme)}`,
    checkpoints: donors.map(({ name, checkpoint, fingerprint }) => ({
      name,
      folder: checkpoint,
      fingerprint,
    })),
    settings: { recipe, ...scheme },
    command: commandLine(
      { name: 'quantize', settings: {} },
      {},
      { before, after: [['preview'], ['out', 'quantized']] },
    ),
    remarks: ['<recipe> stands for the file with the merge’s recipe.'],
  };
}
