import { mount } from 'svelte';
import { choose, speakAsChosen } from '../ui/app/chosen-language.ts';
import { browserStorage } from '../study/journal/browser-storage.ts';
import { Journals } from '../study/journal/journals.ts';
import ConnectedApp from '../ui/connected/ConnectedApp.svelte';
import { Connected } from '../ui/connected/connected.svelte.ts';
import '../ui/theme/index.css';

const target = document.querySelector('#app');
if (!target) throw new Error('the page has no #app');
// Not awaited here: a module that waits is cut into a hundred small files.
void speakAsChosen().then(() =>
  mount(ConnectedApp, {
    target,
    props: { connected: new Connected(new Journals(browserStorage())), choose },
  }),
);
