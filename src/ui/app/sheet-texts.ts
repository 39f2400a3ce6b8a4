import { dayOf, rerunText } from '../../study/journal/kept-work-text.ts';
import type { KeptWork } from '../../study/journal/kept-work.ts';
import { texts } from '../language/texts.ts';

/** What stands in sheets. */
export const en = {
  guide: 'Guide',
  help: {
    title: 'Keys and words',
    keys: {
      tryIt: 'Try it: ask the loaded models',
      samples: 'Samples: browse them, draw new ones, ask them',
      guide: 'Guide: what each analysis means, and how to bring your own models',
      help: 'This sheet',
      machine: 'What this machine can do',
      talk: 'Talk mode: everything 1.6 times as large',
      theme: 'Theme: as the system, light, dark',
      sideways: 'On a strip or in a chart: the layer before or after; on a seam: move it',
      upDown: 'In a chart: the series above or below',
      enter: 'In a chart: the samples behind the point',
      space: 'On a strip: switch the layer off or on',
      shift: 'On a strip: choose several layers',
      donors: 'On a strip: hand the chosen layers to Base, IN, RL, and further checkpoints',
      ask: 'Ask',
      escape: 'Close a sheet, leave Try it, drop a choice of layers',
    },
    page: (title: string, question: string) => `${title}: ${question}`,
    body: 'The body',
    bodyText:
      'A model is drawn as a strip: vision blocks (−n to −1), the projector (0), the layers of the language model (1 to L). Two seams cut those layers into Early, Mid and Late. A layer’s colour is the checkpoint it comes from. Hatching means switched off, or not covered by the analysis.',
    names: 'Base, IN, RL',
    namesText:
      'Base is the model before training, IN the supervised cold start, RL what reinforcement learning made of IN.',
    privacy: 'Privacy',
    local: 'Files are read where they lie. Nothing is uploaded. {remote}',
    servers:
      'Files are read where they lie. Nothing is uploaded. This page may read checkpoints from servers that you name: they see what is read of them. {remote}',
    remote: 'To ask remote models or a judge there is a {link}; what you send there leaves your machine.',
    remoteLink: 'page of its own',
  },
  machine: {
    title: 'This machine',
    runOn: {
      webgpu: 'Models run on WebGPU unless chosen otherwise.',
      wasm: 'Models run on WASM, on the processor, unless chosen otherwise.',
    },
    have: 'Have',
    need: 'Need',
    yes: 'yes',
    no: 'no',
    adapter: 'Adapter',
    software: (name: string) => `${name} (software)`,
    f16: '16-bit shaders',
    subgroups: 'Subgroups',
    buffer: 'Largest buffer',
    binding: 'Largest binding',
    bridge: 'Bridge',
    browser: 'Browser',
    threads: 'WASM threads',
    isolated: 'Cross-origin isolated',
    notIsolated:
      'Without isolation WASM runs on one thread. Serve the page with COOP and COEP headers, or reload once.',
    storage: 'Storage',
    noStorage: 'none',
    used: (usage: string, quota: string) => `${usage} of ${quota} used`,
    asking: 'Asking.',
    licences: 'Licences of what this app is made of',
  },
  kept: {
    title: 'Kept results',
    goOn: 'Go on',
    goOnWith: (title: string) => `Go on with ${title}`,
    show: 'Show',
    showOf: (title: string) => `Show ${title}`,
    save: 'Save',
    saveOf: (title: string) => `Save records of ${title}`,
    saveJournal: 'Save journal',
    saveJournalOf: (title: string) => `Save the journal of ${title}`,
    remove: 'Delete',
    removeOf: (title: string) => `Delete ${title}`,
    rerun: rerunText as (work: KeptWork) => string,
    begun: ({ begun, build }: KeptWork, settings: string) =>
      `Begun ${dayOf(begun)}, build ${build}${settings === '' ? '' : `; ${settings}`}`,
    apart: (by: string) => `Told from its like by ${by}`,
    total: (size: string, busy: boolean) =>
      `${size} in all. Each page lists what is kept of it and shows it without loading anything. With the same checkpoints and settings open, what was cut off goes on behind its last record.${busy ? ' Nothing can be deleted or gone on with while work is under way.' : ''}`,
    none: 'None are kept in this browser. Long work leaves its results here, record by record.',
    openJournal: 'Open journal',
    journals: 'Journals to go on with',
    aboutJournals:
      'A journal that was saved in another browser, or by a command, stands in this list and goes on here, on the same kind of device.',
    withdrawn: (n: number) => `${n} withdrawn since this page was opened, as weights turned out to be others`,
  },
};

export const t = texts('app-sheets', en);
