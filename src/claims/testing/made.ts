/** Evidence made of what a test says of it. */
import { declaration as ofAblation } from '../../analyses/ablate/declaration.mjs';
import { declaration as ofAttention } from '../../analyses/attention/declaration.mjs';
import { defaultValues, type SettingValues } from '../../analyses/setting-values.ts';
import { declaration as ofSwap } from '../../analyses/swap/declaration.mjs';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import { ablateLayer } from '../../probes/ablation/experiment.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import type { Task } from '../../probes/task.ts';
import type { FroNormFile } from '../../spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../../spectra/results/layerwise-svd.ts';
import type { Evidence } from '../evidence.ts';

const DELTAS = (from: string) => [{ key: 'rl', to: 'rl', from, relativeTo: 'in' }];

/** Mean ‖Δ‖/‖W‖ of both updates, layer by layer from 1 on; `floors` as rounding alone would give of RL − IN. */
export function madeEnergy(
  sft: readonly number[],
  rl: readonly number[],
  { from = 'in', floors }: { readonly from?: string; readonly floors?: readonly number[] } = {},
): Pick<Evidence, 'energy'> {
  const norm = (value: number) => ({ fro_norm_mean: value, fro_norm_sum: value, relative_norm_mean: value });
  const summary = sft.map((value, at) => ({
    ...{ layer_idx: at + 1, section: 'LLM Backbone', n_params: 7 },
    frankenscope: {
      deltas: { sft: norm(value), rl: norm(rl[at] ?? 0) },
      ...(floors ? { rounding_floor: { deltas: { rl: norm(floors[at] ?? 0) } } } : {}),
    },
  }));
  const file = { metadata: {}, layers: [], summary, frankenscope: { deltas: DELTAS(from) } };
  return { energy: [{ work: 'energy', file: file as unknown as FroNormFile }] };
}

/** Effective rank of both updates of one matrix a layer; with `errors`, one standard error of each estimate. */
export function madeDiversity(
  sft: readonly number[],
  rl: readonly number[],
  { from = 'in', errors }: { readonly from?: string; readonly errors?: number } = {},
): Pick<Evidence, 'diversity'> {
  const metrics = (rank: number) => ({
    effective_rank: rank,
    ...(errors === undefined ? {} : { frankenscope: { standard_errors: { effective_rank: errors } } }),
  });
  const layers = sft.map((rank, at) => ({
    layer_idx: at + 1,
    frankenscope: { deltas: { sft: metrics(rank), rl: metrics(rl[at] ?? 0) } },
  }));
  const file = { metadata: {}, layers, summary: [], frankenscope: { deltas: DELTAS(from) } };
  return { diversity: [{ work: 'diversity', file: file as unknown as LayerwiseSvdFile }] };
}

const said = (text: string) => ({ text, tokens: 3, stop: 'end' }) as const;

/** What is said where an answer stays, where it changes by the papers, and what the source's is. */
const SAID: Readonly<Record<Task, readonly [stays: string, changes: string, source: string]>> = {
  ocr: ['cat', 'dog', 'dog'],
  counting: ['3', '4', '4'],
  grounding: ['[50, 50, 60, 60]', '[10, 10, 20, 20]', '[10, 10, 20, 20]'],
  recognition: ['Yes', 'No', 'No'],
};

/** Of each pair, of which layers the swap changes the answer. */
export function madeSwap(
  task: Task,
  pairs: readonly (readonly boolean[])[],
  values: SettingValues = {},
  models: readonly string[] = ['RL'],
): Pick<Evidence, 'swap'> {
  const [stays, changes, source] = SAID[task];
  const records = pairs.map((layers, at): SwapRecord => ({
    ...{ task, id: String(at), prompt: '?', targetAnswer: stays, sourceAnswer: source },
    ...{ imageTokens: { target: 4, source: 4 }, resampled: false, source: null },
    original: said(stays),
    swapped: layers.map((changed, layer) => ({ layer, ...said(changed ? changes : stays) })),
  }));
  const layers = pairs[0]?.length ?? 0;
  const set = { ...defaultValues(ofSwap.settings), ...values };
  return { swap: [{ work: 'swap', models, layers, values: set, records }] };
}

/** Of each problem, without which layers the answer is wrong. */
export function madeAblation(
  problems: readonly (readonly boolean[])[],
  values: SettingValues = {},
): Pick<Evidence, 'ablate'> {
  const records = problems.map((layers, at): AblationRecord => ({
    ...{ id: String(at), question: '2 + 2', answer: '4', hasImage: false },
    baseline: said('<answer>4</answer>'),
    ablated: layers.map((wrong, layer) => ({
      experiment: ablateLayer(layer).name,
      ...said(`<answer>${wrong ? 5 : 4}</answer>`),
    })),
  }));
  const layers = problems[0]?.length ?? 0;
  const set = { ...defaultValues(ofAblation.settings), ...values };
  return { ablate: [{ work: 'ablate', models: ['RL'], layers, values: set, records }] };
}

/** Of each sample, attention mass of one head layer by layer, of IN and of RL; a model without a layer had no token to look from. */
export function madeAttention(
  samples: readonly { readonly before: readonly number[]; readonly after: readonly number[] }[],
  names: readonly [string, string] = ['IN', 'RL'],
): Pick<Evidence, 'attention'> {
  const records = samples.map(({ before, after }, at): AttentionRecord => ({
    ...{ id: String(at), question: '?', imageTokens: 4 },
    models: [before, after].map((mass, model) => ({
      ...{ name: names[model] ?? '', response: 'x', queries: mass.length > 0 ? 1 : 0 },
      mass: mass.map((value) => [value]),
    })),
  }));
  const layers = samples[0]?.before.length ?? 0;
  const values = defaultValues(ofAttention.settings);
  return { attention: [{ work: 'attention', models: names, layers, values, records }] };
}

/** What a variant answered right: each sample in setting A, and in B where there is one. */
export interface MadeAnswers {
  readonly variant: string;
  readonly a: readonly boolean[];
  readonly b?: readonly boolean[];
}

export function madeAnswers(
  metric: GradedAnswer['metric'],
  variants: readonly MadeAnswers[],
  domain = '',
): readonly GradedAnswer[] {
  return variants.flatMap(({ variant, a, b }) =>
    [a, ...(b ? [b] : [])].flatMap((answers, index) =>
      answers.map((correct, at): GradedAnswer => ({
        ...{ variant, experiment: `of ${metric}`, metric, setting: 'AB'.charAt(index), input: '' },
        settingIndex: index === 0 ? 0 : 1,
        ...{ id: `${domain}${at}`, question: '?', goldAnswer: '4', response: '4', predicted: '4', correct },
        ...(domain === '' ? {} : { domain, category: 'clock' }),
      })),
    ),
  );
}
