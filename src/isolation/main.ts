import { isolate, register } from './fallback.ts';

// A development server has no built worker, and sends the headers.
if (import.meta.env.PROD)
  void isolate().then((reloads) => {
    if (!reloads && isSecureContext && 'serviceWorker' in navigator) void registerWhenIdle();
  });

/** What was asked for is shown first: the worker only matters to the next visit. */
async function registerWhenIdle(): Promise<void> {
  if (document.readyState !== 'complete')
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  await register().catch((error: unknown) => console.warn('Nothing is kept for times offline.', error));
}
