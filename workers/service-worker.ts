/**
 * The app's service worker: it adds the headers of isolation where the host sends none, and keeps the app for times without a
 * network. The first one is in charge at once, with nothing kept: pages ask for that when they have time. A later one keeps its build
 * first, and waits until no tab runs the build before it, or a person reloads.
 */
import { AppCache } from '../src/offline/app-cache.ts';
import type { AppFile } from '../src/offline/app-files.ts';
import type { Answers, Question } from '../src/offline/messages.ts';

/** Put here by the build (scripts/vite/service-worker.mjs). */
interface Built {
  readonly APP_BUILD: { readonly build: string; readonly files: readonly AppFile[] };
}

const worker = self as unknown as ServiceWorkerGlobalScope & Built;
const { build, files } = worker.APP_BUILD;
const app = new AppCache(files, worker.registration.scope);

worker.addEventListener('install', (event) =>
  event.waitUntil(worker.registration.active ? app.succeed(event) : worker.skipWaiting()),
);
worker.addEventListener('activate', (event) =>
  event.waitUntil(app.removeOthers().then(() => worker.clients.claim())),
);
worker.addEventListener('fetch', (event) => {
  const answer = app.answer(event);
  if (answer) event.respondWith(answer);
});
worker.addEventListener('message', (event) => {
  const answered = answer(event, event.data as Question).then((said) => event.ports[0]?.postMessage(said));
  event.waitUntil(answered);
});

async function answer(event: ExtendableMessageEvent, question: Question): Promise<Answers[Question['kind']]> {
  if (question.kind === 'files') return { build, files: await app.files() };
  if (question.kind === 'keep') return app.keep(event, question.path);
  const tabs = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (tabs.filter(({ url }) => url.startsWith(worker.registration.scope)).length > 1) return false;
  await worker.skipWaiting();
  return true;
}
