import { mount } from 'svelte';
import type { EngineApi } from '../../engine/protocol.ts';
import App from './App.svelte';
import { AppState } from './app.svelte.ts';
import '../theme/index.css';

/** Puts the app for one engine into `target` and asks the engine what it can do; on the page that is framed, one chart, which needs no engine. */
export function mountApp(target: Element, engine: EngineApi): AppState {
  const app = new AppState(engine);
  if ('embed' in document.documentElement.dataset)
    void import('../embed/mount-embed.ts').then(({ mountEmbed }) => mountEmbed(target, app));
  else {
    mount(App, { target, props: { app } });
    void app.start();
  }
  return app;
}
