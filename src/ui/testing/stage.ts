import { mount, unmount, type Component } from 'svelte';
import type { EngineApi } from '../../engine/protocol.ts';
import App from '../app/App.svelte';
import { AppState } from '../app/app.svelte.ts';
import { highlight } from '../state/highlight.svelte.ts';
import { browserSurroundings, type StudySurroundings } from '../state/study-surroundings.ts';
import '../theme/index.css';
import { FakeEngine, type FakeOptions } from './fake-engine.ts';

let clear: (() => void) | null = null;

function host(width: string): HTMLElement {
  const element = document.createElement('div');
  element.style.width = width;
  document.body.append(element);
  return element;
}

/** Puts one component on an empty page, `width` pixels wide. */
export function stage<Props extends Record<string, unknown>>(
  component: Component<Props>,
  props: Props,
  width: number,
): HTMLElement {
  unmountStaged();
  const target = host(`${width}px`);
  const mounted = mount(component, { target, props });
  clear = () => {
    void unmount(mounted);
    target.remove();
  };
  return target;
}

/** Puts the whole app, around a fake engine, on an empty page, at the address the page has. */
export async function stageApp(
  options: FakeOptions = {},
  surroundings?: StudySurroundings,
): Promise<{ app: AppState; engine: FakeEngine }> {
  const engine = new FakeEngine(options);
  return { app: await stageAround(engine, surroundings), engine };
}

/** The same around any engine. */
export async function stageAround(engine: EngineApi, surroundings?: StudySurroundings): Promise<AppState> {
  unmountStaged();
  // The app's own study would stand in on pages that have nothing open.
  const { carried: _, ...around } = browserSurroundings();
  const app = new AppState(engine, surroundings ?? around);
  const target = host('100%');
  const mounted = mount(App, { target, props: { app, whole: () => Promise.resolve(app) } });
  clear = () => {
    void unmount(mounted);
    target.remove();
    app.view.dispose();
  };
  await app.start();
  return app;
}

/** Takes down what is on the page and forgets what it left in address and storage. */
export function clearStage(): void {
  unmountStaged();
  history.replaceState(null, '', '#');
  localStorage.clear();
}

function unmountStaged(): void {
  clear?.();
  clear = null;
  highlight.index = null;
}

/** An SVG as text that is the same on every machine: no build hashes, no comments, two decimals of places, but texts as they are read. */
export function svgText(svg: SVGSVGElement): string {
  return `${svg.outerHTML
    .replace(/<!--.*?-->/gs, '')
    .replace(/\s*\bsvelte-[a-z0-9]+/g, '')
    .replace(/ class=""/g, '')
    .replace(/(aria-describedby|id)="[^"]*"/g, '')
    .replace(/<[^>]*>/g, (tag) =>
      tag.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    )
    .replace(/\s*>\s*</g, '>\n<')
    .trim()}\n`;
}
