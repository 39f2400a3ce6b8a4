import { mount } from 'svelte';
import type { EngineApi } from '../../engine/protocol.ts';
import App from './App.svelte';
import type { AppState } from './app.svelte.ts';
import { servedFinding } from '../state/carried.svelte.ts';
import { FirstStores } from './first-stores.ts';
import { addFirstFonts } from '../theme/first-fonts.ts';
import '../theme/index.css';

/** Puts the app for one engine into `target`; on the page that is framed, one chart, which needs no engine. */
export function mountApp(target: Element, engine: EngineApi): void {
  addFirstFonts();
  let made: Promise<AppState> | null = null;
  // What did not come is asked for again by the next press.
  const whole = (): Promise<AppState> => (made ??= make().catch(failed));
  const first = new FirstStores(engine, async () => (await whole()).surroundings, servedFinding);

  async function make(): Promise<AppState> {
    const { AppState } = await import('./app.svelte.ts');
    return new AppState(engine, undefined, first);
  }

  function failed(error: unknown): never {
    made = null;
    throw error;
  }

  if ('embed' in document.documentElement.dataset)
    void Promise.all([whole(), import('../embed/mount-embed.ts')]).then(([app, { mountEmbed }]) =>
      mountEmbed(target, app),
    );
  else {
    let started = false;
    const begin = (): void => {
      if (!started) void first.start();
      started = true;
    };
    mount(App, { target, props: { app: first, whole, begin } });
  }
}
