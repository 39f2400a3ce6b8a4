import { connectEngine } from './engine/client.ts';
import { speakAsChosen } from './ui/app/chosen-language.ts';
import { engineWhenAsked } from './ui/app/engine-when-asked.ts';
import { mountApp } from './ui/app/mount.ts';

const target = document.querySelector('#app');
if (!target) throw new Error('the page has no #app');
// Not awaited here: a module that waits is cut into a hundred small files.
void speakAsChosen().then(() => mountApp(target, engineWhenAsked(connectEngine)));
