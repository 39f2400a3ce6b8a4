import { mount } from 'svelte';
import type { EngineApi } from '../../engine/protocol.ts';
import App from './App.svelte';
import { AppState } from './app.svelte.ts';
import '../theme/index.css';

/** Puts the app for one engine into `target` and asks the engine what it can do. */
export function mountApp(target: Element, engine: EngineApi): AppState {
  const app = new AppState(engine);
  mount(App, { target, props: { app } });
  void app.start();
  return app;
}
