/** What the decision needs to know of the page. */
export interface IsolationState {
  crossOriginIsolated: boolean;
  isSecureContext: boolean;
  hasServiceWorkers: boolean;
  /** Whether this tab has already been reloaded for isolation's sake. */
  hasReloaded: boolean;
}

/**
 * Whether a service worker should add the isolation headers (WASM threads need them): only where the host
 * does not, where the browser would let it, and once a tab, so that a browser which stays unisolated all the
 * same is not reloaded for ever.
 */
export function needsFallback(state: IsolationState): boolean {
  return !state.crossOriginIsolated && state.isSecureContext && state.hasServiceWorkers && !state.hasReloaded;
}

const RELOADED = 'frankenscope:reloaded-for-isolation';

/** Registers the service worker that keeps the app, and sends the headers where the host does not. */
export async function register(): Promise<void> {
  await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI));
}

/**
 * Registers the service worker at once where `needsFallback`, and reloads the page once it is in charge. The app
 * works without isolation, on one thread; a failure is therefore told to the console alone.
 *
 * @returns whether the page is about to reload
 */
export async function isolate(): Promise<boolean> {
  const state = {
    crossOriginIsolated,
    isSecureContext,
    hasServiceWorkers: 'serviceWorker' in navigator,
    hasReloaded: reloaded(),
  };
  if (!needsFallback(state)) return false;
  try {
    await register();
    await navigator.serviceWorker.ready;
    sessionStorage.setItem(RELOADED, 'yes');
    location.reload();
    return true;
  } catch (error) {
    console.warn('No cross-origin isolation: this host does not send the headers.', error);
    return false;
  }
}

/** Storage that cannot be read cannot stop a loop either: then do not begin one. */
function reloaded(): boolean {
  try {
    return sessionStorage.getItem(RELOADED) !== null;
  } catch {
    return true;
  }
}
