import { type ComponentProps, mount } from 'svelte';
import { readEmbed } from '../charts/export/embed-address.ts';
import Embed from './Embed.svelte';

/** Puts the chart that the page's address names into `target`, in the theme that it names. */
export function mountEmbed(target: Element, stores: ComponentProps<typeof Embed>['stores']): void {
  const embedded = readEmbed(location.search);
  const root = document.documentElement;
  // Neither theme nor talk mode of the app's own pages: a frame is part of another page.
  root.removeAttribute('data-talk');
  if (embedded.theme) root.setAttribute('data-theme', embedded.theme);
  else root.removeAttribute('data-theme');
  mount(Embed, { target, props: { stores, embedded } });
}
