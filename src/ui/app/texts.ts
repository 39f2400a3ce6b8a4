import { texts } from '../language/texts.ts';

/** What stands around every page; sheets have their own (`sheet-texts.ts`), which come with them. */
export const en = {
  header: {
    pages: 'Pages',
    theme: 'Theme',
    themes: { system: 'Auto', light: 'Light', dark: 'Dark' },
    talk: 'Talk',
    talkMode: 'Talk mode',
    help: 'Help',
    keysAndWords: 'Keys and words',
    tryIt: 'Try it',
    tryItKeys: (key: string) => `Try it (t or ${key})`,
  },
  skip: 'Skip to the page',
  drop: 'Drop checkpoint folders',
  job: {
    more: (n: number) => `and ${n} more`,
    cancel: 'Cancel',
  },
  engine: {
    rebuilding: 'The engine is being rebuilt.',
    checkpointsStay: 'Open checkpoints stay.',
    stopped: 'The engine has stopped.',
    reload: 'Reload the page',
  },
  machine: {
    title: 'What this machine can do (m)',
    silent: 'The engine did not answer',
    asking: 'Asking the machine what it can do',
    threads: (n: number) => `${n} thread${n === 1 ? '' : 's'}`,
    noF16: 'no f16',
    bindings: (size: string) => `${size} bindings`,
    /** The five ways to lack WebGPU. */
    findings: {
      'no-api': 'No WebGPU in this browser',
      'no-adapter': 'No GPU adapter',
      'software-adapter': 'Software adapter',
      'missing-feature': 'A feature is missing',
      'limit-too-small': 'A limit is too small',
    },
  },
};

export const t = texts('app', en);
