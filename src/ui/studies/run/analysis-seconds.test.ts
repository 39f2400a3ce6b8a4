import { beforeEach, expect, test, vi } from 'vitest';
import { specOf } from '../../../study/run/spec-over.ts';
import { t } from '../texts.ts';
import { keepSeconds, knownSeconds } from './analysis-seconds.ts';

const spec = (settings: { readonly samples: number } = { samples: 5 }, rl = 'demo:rl') =>
  specOf({
    ...{ definitions: 1, name: 'A study', models: { in: 'demo:in', rl } },
    analyses: [{ name: 'energy' }, { name: 'swap', of: ['rl'], samples: 'pairs', settings }],
  });

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});

test('an analysis is told by its last run, on the same models and with the same settings alone', () => {
  const { analyses, ...study } = spec();
  const [energy, swap] = analyses as [(typeof analyses)[0], (typeof analyses)[0]];
  expect(knownSeconds(study, analyses)).toEqual({ seconds: 0, unknown: 2 });
  keepSeconds(study, swap, 100);
  keepSeconds(study, swap, 75);
  expect(knownSeconds(study, analyses)).toEqual({ seconds: 75, unknown: 1 });
  keepSeconds(study, energy, 5);
  expect(knownSeconds(study, analyses)).toEqual({ seconds: 80, unknown: 0 });
  for (const other of [spec({ samples: 6 }), spec(undefined, 'demo:rl-frozen-early')])
    expect(knownSeconds(other, other.analyses.slice(1))).toEqual({ seconds: 0, unknown: 1 });
  for (let other = 0; other < 120; other++) {
    const one = spec({ samples: 10 + other });
    keepSeconds(one, one.analyses[1] as typeof swap, 1);
  }
  expect(knownSeconds(study, analyses)).toEqual({ seconds: 0, unknown: 2 });
});

test('it is said as far as it is known', () => {
  expect(t.run.seconds({ seconds: 0, unknown: 3 })).toContain('once it was run here');
  expect(t.run.seconds({ seconds: 80, unknown: 0 })).toMatch(/^About 1 min 20 s/);
  expect(t.run.seconds({ seconds: 80, unknown: 1 })).toMatch(
    /^At least 1 min 20 s.*1 analysis of it was not/,
  );
});
