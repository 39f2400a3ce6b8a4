import { type Experiment, transferExperiments } from '../experiment.ts';
import type { Setting } from '../setting.ts';
import type { GradedAnswer } from '../tables/graded.ts';

const KNOWN = transferExperiments({
  general: [{ id: '', question: '', answer: '' }],
  mathTargeted: [{ id: '', question: '', answer: '' }],
  textOnly: [{ id: '', question: '', answer: '' }],
});

/** The experiments that results speak of, with their settings; their samples are not among results. */
export function experimentsOf(graded: readonly GradedAnswer[]): readonly Experiment[] {
  const first = new Map(graded.map((answer) => [`${answer.experiment}/${answer.settingIndex}`, answer]));
  return [...new Set(graded.map(({ experiment }) => experiment))].map((name) => {
    const settings = ([0, 1] as const).flatMap((index) => {
      const found = first.get(`${name}/${index}`);
      return found ? [{ name: found.setting, input: found.input } as Setting] : [];
    });
    const known = KNOWN.find((experiment) => experiment.name === name);
    return {
      name,
      description: known?.description ?? '',
      metric: (graded.find(({ experiment }) => experiment === name) as GradedAnswer).metric,
      samples: [],
      settings: settings as unknown as Experiment['settings'],
    };
  });
}
