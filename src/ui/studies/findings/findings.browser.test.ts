import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { CLAIMS } from '../../../claims/claims.ts';
import { AppState } from '../../app/app.svelte.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';
import { browserSurroundings } from '../../state/study-surroundings.ts';
import { FakeEngine } from '../../testing/fake-engine.ts';
import { clearStage, stage } from '../../testing/stage.ts';
import Shown from './testing/Shown.svelte';

afterEach(clearStage);

async function carried(): Promise<{ readonly app: AppState; readonly study: OpenedStudy }> {
  const file = await (await fetch('/study/demo.frankenscope')).arrayBuffer();
  const app = new AppState(new FakeEngine(), {
    ...browserSurroundings(),
    carried: () => Promise.resolve(new Uint8Array(file)),
  });
  await app.carried.ask();
  if (!app.carried.study) throw new Error('no study is carried');
  return { app, study: app.carried.study };
}

const claimOf = (id: string) => {
  const says = CLAIMS.find((one) => one.id === id)?.says ?? '';
  return page.getByRole('listitem').filter({ hasText: says });
};

test('what was found stands in its sentences, and each claim with its verdict, numbers and rule', async () => {
  const { app, study } = await carried();
  const host = stage(Shown, { app, study }, 1200);
  await vi.waitFor(
    () =>
      expect(
        page
          .getByRole('list', { name: /^Claims of/ })
          .getByRole('listitem')
          .elements(),
      ).toHaveLength(CLAIMS.length),
    {
      timeout: 30_000,
    },
  );
  const text = host.innerText;
  for (const { findings } of study.result.analyses)
    for (const sentence of findings) expect(text).toContain(sentence);
  for (const { says, where } of CLAIMS) expect(text).toContain(`${says} ${where}`);
  expect(text).toContain('About these models: Base, IN and RL.');
  expect(text).toContain('least of all one on the demo family');
  expect(text).toMatch(/10 of 20 claims are judged here: 5 supported, 2 not supported, 3 undecided\./);
  const attention = claimOf('attention-more').element().textContent;
  expect(attention).toContain('supported');
  expect(attention).toMatch(/Student’s t over items, 95 %: \+[\d.]+ to \+[\d.]+, n = 50/);
  expect(attention).toContain('Supported where the 95 % interval');
  expect(claimOf('frozen-late').element().textContent).toContain('not testable here');
});

test('the evidence of a claim is one press away, and none of what was not measured', async () => {
  const { app, study } = await carried();
  stage(Shown, { app, study }, 1200);
  const claim = claimOf('energy-later');
  await vi.waitFor(() => expect(claim.elements()).toHaveLength(1), { timeout: 30_000 });
  expect(claim.getByRole('application').elements()).toHaveLength(0);
  await claim.getByRole('button', { name: /^Show the evidence: / }).click();
  await vi.waitFor(() => expect(claim.getByRole('application').elements().length).toBeGreaterThan(0), {
    timeout: 30_000,
  });
  await claim.getByRole('button', { name: /^Hide the evidence: / }).click();
  expect(claim.getByRole('application').elements()).toHaveLength(0);
  expect(claimOf('frozen-late').getByRole('button').elements()).toHaveLength(0);
});

test('what only answers decide is taken from the study, what records decide is judged anew; texts of a file are inert', async () => {
  const { app, study } = await carried();
  const sentence = 'M_rea: <img src=x onerror="document.title=1"> +4 points.';
  const claims = [
    { id: 'frozen-late', verdict: 'supported' as const, sentence },
    { id: 'energy-later', verdict: 'supported' as const, sentence: 'as a hand wrote it' },
    { id: 'none', verdict: 'supported' as const, sentence: 'of no claim' },
  ];
  const [first] = study.result.analyses;
  const puzzles = { ...first, name: 'disentangle', works: [], findings: [] } as NonNullable<typeof first>;
  const result = { ...study.result, claims, analyses: [...study.result.analyses, puzzles] };
  const host = stage(Shown, { app, study: { ...study, result } }, 390);
  await vi.waitFor(() => expect(claimOf('frozen-late').elements()).toHaveLength(1), { timeout: 30_000 });
  expect(claimOf('frozen-late').element().textContent).toContain(sentence);
  expect(claimOf('energy-later').element().textContent).toContain('not supported');
  expect(claimOf('perception-gap').element().textContent).toContain('not which of them are right');
  expect(claimOf('rl-vision').element().textContent).toContain('was not run in this study');
  expect(host.textContent).not.toContain('as a hand wrote it');
  expect(host.textContent).not.toContain('of no claim');
  expect(host.querySelector('img')).toBeNull();
  expect(host.scrollWidth).toBeLessThanOrEqual(390);
});
