import { expect, it } from 'vitest';
import { EngineThread } from './engine-thread.ts';

it('hears of errors of its worker until it is ended, and then lets go of it', async () => {
  const ended: string[] = [];
  const worker = Object.assign(new EventTarget(), {
    postMessage: () => undefined,
    terminate: () => ended.push('worker'),
  }) as unknown as Worker;
  const thread = new EngineThread(worker);
  const failure = (): boolean => {
    const event = Object.assign(new Event('error', { cancelable: true }), { message: 'no memory' });
    worker.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const call = thread.guard(new Promise(() => undefined));
  expect(failure()).toBe(true);
  await expect(call).rejects.toMatchObject({ name: 'ModuleAborted', what: 'no memory' });
  thread.terminate();
  expect(ended).toEqual(['worker']);
  expect(failure()).toBe(false);
});
