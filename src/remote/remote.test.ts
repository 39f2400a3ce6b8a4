import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../evaluation/answers/answer.ts';
import { type AnswerSettings, planAsks } from '../evaluation/answers/ask.ts';
import { transferExperiments } from '../evaluation/experiment.ts';
import { PROMPT_STYLES } from '../evaluation/prompt-style.ts';
import { readResults } from '../evaluation/testing/results.ts';
import { resultFiles } from '../evaluation/testing/results.ts';
import { blackImageLike } from '../evaluation/samples/black-image.ts';
import type { EvaluationSample } from '../evaluation/samples/sample.ts';
import { gradeAll } from '../evaluation/tables/graded.ts';
import { metricTable } from '../evaluation/tables/metric-table.ts';
import { imageDimensions } from '../image/dimensions.ts';
import { answerRemotely, remoteSubject } from './answer-remotely.ts';
import { askRemote, type Client } from './client.ts';
import { DIALECTS, type DialectName, type Endpoint, requestAddress } from './endpoint.ts';
import type { Patience } from './retry.ts';
import { type Behaviour, fakeService, type FakeService, type SeenRequest } from './testing/fake-service.ts';

const KEY = 'sk-secret-0123456789';
/** It waits longer for an answer than any machine is busy: where silence is not the subject, none is counted as one. */
const QUICK: Patience = { timeoutMs: 60_000, attempts: 3, firstWaitMs: 2, longestWaitMs: 60_000 };
const QUESTION = { prompt: 'What is 3 + 4?', images: [], maxNewTokens: 64 };

let service: FakeService | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

/** A service that behaves so, and a client for it. */
async function serve(
  dialect: DialectName,
  behave: readonly Behaviour[] | ((request: SeenRequest, before: number) => Behaviour),
  timeoutMs = QUICK.timeoutMs,
): Promise<{ client: Client; service: FakeService; waits: number[] }> {
  const started = await fakeService(
    typeof behave === 'function' ? behave : (_, before) => behave[before] ?? 'nothing left',
  );
  service = started;
  const waits: number[] = [];
  const endpoint: Endpoint = {
    ...{ dialect, url: `${started.url}/v1`, model: 'tiny-1' },
    ...{ temperature: 0, limitField: 'max_tokens' },
  };
  const client = {
    endpoint,
    key: KEY,
    patience: { ...QUICK, timeoutMs },
    onWait: (_: string, ms: number) => void waits.push(ms),
  };
  return { client, service: started, waits };
}

describe.each(DIALECTS)('%s', (dialect) => {
  it('a question goes out as the service documents it, the key in a header alone', async () => {
    const { client, service } = await serve(dialect, ['7']);
    const images = [{ mediaType: 'image/png', base64: btoa('a picture') }];
    const reply = await askRemote(client, { ...QUESTION, system: 'Be brief.', images });
    expect(reply).toEqual({ text: '7', stop: 'end', promptTokens: 17, tokens: 5 });
    const [seen] = service.seen;
    const body = JSON.parse(seen?.body ?? '') as Record<string, unknown>;
    expect(seen?.body).not.toContain(KEY);
    expect(body).toMatchObject({ model: 'tiny-1', max_tokens: 64, temperature: 0 });
    expect(seen?.prompt).toBe('What is 3 + 4?');
    expect(seen?.images).toEqual([{ mediaType: 'image/png', bytes: Buffer.from('a picture') }]);
    if (dialect === 'openai') {
      expect(seen?.path).toBe('/v1/chat/completions');
      expect(seen?.headers['authorization']).toBe(`Bearer ${KEY}`);
      expect(body['messages']).toMatchObject([{ role: 'system', content: 'Be brief.' }, { role: 'user' }]);
    } else {
      expect(seen?.path).toBe('/v1/messages');
      expect(seen?.headers).toMatchObject({ 'x-api-key': KEY, 'anthropic-version': '2023-06-01' });
      expect(seen?.headers['authorization']).toBeUndefined();
      expect(body['system']).toBe('Be brief.');
    }
  });

  it('a rate limit is waited out as long as the service asks, then doubling', async () => {
    const { client, waits } = await serve(dialect, [
      { status: 429, headers: { 'retry-after': '0.05' } },
      { status: 429 },
      '7',
    ]);
    expect((await askRemote(client, QUESTION)).text).toBe('7');
    expect(waits[0]).toBe(50);
    expect(waits[1]).toBeGreaterThanOrEqual(2);
    expect(waits[1]).toBeLessThanOrEqual(4);
  });

  it.each([
    ['server errors', { status: 500 }, 'HTTP 500: status 500', undefined],
    ['what is no JSON', { raw: '<html>Bad gateway' }, 'the reply is not JSON', undefined],
    ['JSON of another form', { raw: '{"hello": 1}' }, 'not as expected', undefined],
    // Long enough for the answer that comes after it; short where none does.
    ['silence', 'hang', 'no answer within 0.1 s', { once: 1500, always: 100 }],
  ] as const)('%s: tried again, then given up by name', async (_, behaviour, why, wait) => {
    const { client, service } = await serve(dialect, [behaviour, '7'], wait?.once);
    expect((await askRemote(client, QUESTION)).text).toBe('7');
    expect(service.seen).toHaveLength(2);
    await service.close();
    const down = await serve(dialect, () => behaviour, wait?.always);
    const given = askRemote(down.client, QUESTION);
    await expect(given).rejects.toMatchObject({ name: 'RemoteUnavailable' });
    await expect(given).rejects.toThrow(why);
    expect(down.waits).toHaveLength(QUICK.attempts - 1);
  });

  it('a service that asks for more patience than there is gets none', async () => {
    const { client, service } = await serve(dialect, [{ status: 429, headers: { 'retry-after': '86400' } }]);
    await expect(askRemote(client, QUESTION)).rejects.toMatchObject({ name: 'RemoteUnavailable' });
    expect(service.seen).toHaveLength(1);
  });

  it('a wrong key is told at once, without repeating the key', async () => {
    const json = { error: { message: `Incorrect API key provided: ${KEY}` } };
    const { client, service } = await serve(dialect, [{ status: 401, json }]);
    const failed: unknown = await askRemote(client, QUESTION).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      name: 'RemoteRejected',
      what: 'HTTP 401: Incorrect API key provided: [key]',
    });
    expect(`${String(failed)} ${JSON.stringify(failed)} ${(failed as Error).stack ?? ''}`).not.toContain(KEY);
    expect(service.seen).toHaveLength(1);
  });

  it('a refusal and a cut answer are answers', async () => {
    const { client } = await serve(dialect, [{ refuse: 'I cannot help.' }, { cut: 'Well, 3 pl' }]);
    expect(await askRemote(client, QUESTION)).toMatchObject({ text: 'I cannot help.', stop: 'refused' });
    expect(await askRemote(client, QUESTION)).toMatchObject({ text: 'Well, 3 pl', stop: 'length' });
  });

  it('is cancelled while it waits for an answer, and between attempts', async () => {
    for (const behaviour of ['hang', { status: 429, headers: { 'retry-after': '30' } }] as const) {
      const { client, service } = await serve(dialect, [behaviour, behaviour]);
      const controller = new AbortController();
      const asked = askRemote(client, QUESTION, controller.signal);
      await expect.poll(() => service.seen.length).toBe(1);
      controller.abort();
      await expect(asked).rejects.toMatchObject({ name: 'Cancelled' });
      expect(service.seen).toHaveLength(1);
      await service.close();
    }
  });
});

it('a content filter that answers with an error is a refusal', async () => {
  const json = { error: { code: 'content_filter', message: 'filtered' } };
  const { client } = await serve('openai', [{ status: 400, json }]);
  expect(await askRemote(client, QUESTION)).toEqual({ text: 'filtered', stop: 'refused' });
});

it('addresses are encrypted or local, and carry no password', () => {
  const address = (url: string) => requestAddress({ url, dialect: 'openai' });
  expect(address('https://api.example.org/v1/')).toBe('https://api.example.org/v1/chat/completions');
  expect(address('https://x.org/openai/chat/completions?v=2')).toBe(
    'https://x.org/openai/chat/completions?v=2',
  );
  expect(address('http://localhost:8000')).toBe('http://localhost:8000/chat/completions');
  for (const wrong of [
    '',
    'api.example.org',
    'http://example.org/v1',
    'https://me:secret@example.org',
    'ftp://x',
  ])
    expect(() => address(wrong), wrong).toThrow(expect.objectContaining({ name: 'BadAddress' }) as Error);
});

async function picture(word: string): Promise<Blob> {
  const bytes = new Uint8Array(33);
  bytes.set([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  new DataView(bytes.buffer).setUint32(16, 3);
  new DataView(bytes.buffer).setUint32(20, 2);
  return new Blob([(await blackImageLike(new Blob([bytes]))).file, `#${word}`]);
}

const settings: AnswerSettings = {
  ...{ style: PROMPT_STYLES.none, maxNewTokens: 64, maxImagePixels: 1000, imageProcessing: null },
  ...{ device: 'remote', dtype: '' },
};
const prepareImage = (image: Blob): Promise<Blob> => Promise.resolve(image);

/** Sees the word in a picture, reads descriptions, adds numbers. */
function seeing({ prompt, images }: SeenRequest): string {
  const seen = images[0] && Buffer.from(images[0].bytes).toString('latin1').split('#')[1];
  const told = /Description:\s*(\S+)/.exec(prompt)?.[1];
  const sum = /(\d+) \+ (\d+)/.exec(prompt);
  return `\\boxed{${seen ?? told ?? (sum ? Number(sum[1]) + Number(sum[2]) : 'unknown')}}`;
}

async function plan(endpoint: Endpoint) {
  const visual: EvaluationSample[] = [
    { id: 'a', question: 'What is it?', answer: 'cat', description: 'dog', image: await picture('cat') },
    { id: 'b', question: 'What is it?', answer: 'fox', description: 'fox', image: await picture('fox') },
  ];
  const experiments = transferExperiments({
    general: visual,
    mathTargeted: visual,
    textOnly: [1, 2, 3, 4].map((n) => ({ id: `${n}`, question: `What is ${n} + 4?`, answer: `${n + 4}` })),
  });
  const subject = await remoteSubject(endpoint);
  return { subject, experiments, asks: await planAsks([subject], experiments, settings) };
}

describe.each(DIALECTS)('an evaluation of a remote model, %s', (dialect) => {
  it('asks every setting with its picture, and its results are like local ones', async () => {
    const { client, service } = await serve(dialect, (request) => ({
      later: seeing(request),
      milliseconds: 30,
    }));
    const { subject, experiments, asks } = await plan(client.endpoint);
    const answers = await answerRemotely({ client, atOnce: 2, prepareImage }, asks, settings);
    expect(service.seen).toHaveLength(new Set(asks.map(({ key }) => key)).size);
    expect(service.mostAtOnce).toBe(2);
    const black = service.seen.find(({ prompt }) => prompt.includes('Description'))?.images[0];
    expect(imageDimensions(black?.bytes ?? new Uint8Array())).toEqual({ width: 3, height: 2 });
    expect(service.seen.filter(({ images }) => images.length === 0)).toHaveLength(4);
    const graded = gradeAll(asks, answers);
    const rows = metricTable(graded, 'IN');
    expect(rows[0]).toMatchObject({
      variant: 'tiny-1',
      cells: { M_vis: { n: 2, hits: 2 }, M_v2r: { n: 2, hits: 1 }, M_rea: { n: 4, hits: 4 } },
    });
    const files = resultFiles(rows, graded, experiments, { subject });
    expect([...files.values()].join('')).not.toContain(KEY);
    const back = await readResults(new Map([...files].map(([path, text]) => [path, new Blob([text])])));
    const told = (list: typeof graded) =>
      list.map(({ id, setting, correct, tokens, response }) => [id, setting, correct, tokens, response]);
    expect(told(back).sort()).toEqual(told(graded).sort());
  });

  it('records refusals, leaves out what has no answer, and goes on from what is kept', async () => {
    let down = true;
    const { client, service } = await serve(dialect, (request) => {
      if (request.prompt.includes('1 + 4')) return { refuse: 'No sums. The answer is 5.' };
      if (request.prompt.includes('2 + 4') && down) return { status: 503 };
      return seeing(request);
    });
    const { asks } = await plan(client.endpoint);
    const kept = new Map<string, Answer>();
    const onRecord = (key: string, answer: Answer): void => void kept.set(key, answer);
    const asking = { client, atOnce: 3, prepareImage };
    const first = answerRemotely(asking, asks, settings, { onRecord });
    const total = new Set(asks.map(({ key }) => key)).size;
    await expect(first).rejects.toMatchObject({ name: 'RemoteUnavailable' });
    await expect(first).rejects.toThrow(
      `1 of ${total} questions have no answer; the first: tiny-1, A_prompt_only, 2`,
    );
    expect(kept.size).toBe(total - 1);
    const refused = gradeAll(asks, kept).find(({ stop }) => stop === 'refused');
    expect(refused).toMatchObject({ id: '1', correct: false, rule: 'refused' });
    down = false;
    const before = service.seen.length;
    const all = await answerRemotely(asking, asks, settings, { finished: kept });
    expect(all.size).toBe(total);
    expect(service.seen.length - before).toBe(1);
  });

  it('stops at once where nobody answers, and where the key is wrong', async () => {
    for (const [status, name] of [
      [500, 'RemoteUnavailable'],
      [401, 'RemoteRejected'],
    ] as const) {
      const { client, service } = await serve(dialect, () => ({ status }));
      const { asks } = await plan(client.endpoint);
      const work = answerRemotely({ client, atOnce: 1, prepareImage }, asks, settings);
      await expect(work).rejects.toMatchObject({ name });
      expect(service.seen).toHaveLength(status === 500 ? 3 * QUICK.attempts : 1);
      await service.close();
    }
  });

  it('is cancelled with what it has', async () => {
    const { client } = await serve(dialect, (request, before) =>
      before < 3 ? seeing(request) : { later: 'late', milliseconds: 250 },
    );
    const { asks } = await plan(client.endpoint);
    const controller = new AbortController();
    const kept: string[] = [];
    const work = answerRemotely({ client, atOnce: 1, prepareImage }, asks, settings, {
      signal: controller.signal,
      onRecord: (key) => {
        kept.push(key);
        if (kept.length === 3) setTimeout(() => controller.abort(), 20);
      },
    });
    await expect(work).rejects.toMatchObject({ name: 'Cancelled' });
    expect(kept).toHaveLength(3);
  });
});
