import type { DialectName } from '../../remote/endpoint.ts';
import { counted } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';

export const en = {
  page: 'Connected · Frankenscope',
  theme: (name: string) => `Theme: ${name}`,
  themes: { system: 'Auto', light: 'Light', dark: 'Dark' },
  title: 'Ask other services',
  notice:
    'What you send from this page leaves your machine, for the address you give and nowhere else. Your key goes into the requests to that address; it is held in memory, forgotten with the tab unless you ask to keep it, and written into no result. The other pages of Frankenscope send nothing.',
  licences: 'Licences of what this app is made of',
  /** @param why in English, as the service said it */
  waiting: (why: string, seconds: number) => `${why}: asked again in ${seconds} s.`,

  service: {
    speaks: 'Speaks',
    dialects: {
      openai: 'OpenAI-compatible',
      anthropic: 'Anthropic messages',
    } satisfies Record<DialectName, string>,
    address: 'Address',
    model: 'Model',
    key: 'Your key',
    keep: 'Keep the key in this browser',
    more: 'More settings',
    atOnce: 'Questions at one time',
    timeout: 'Seconds until a question is given up',
    temperature: 'Ask for temperature 0',
    limit: 'Limit of new tokens',
    needsAddress: 'Give the address of a service.',
    needsModel: 'Name a model.',
    forgotten: (origin: string | null) =>
      `The key was for ${origin ?? 'no address'} and is forgotten: type the one for this address.`,
  },

  remote: {
    title: 'Ask a remote model the same questions',
    about:
      'Questions and images are sent to the service; answers are graded here, by the same rules as local ones, and kept in this browser. A refusal is recorded as such and counts as wrong.',
    what: 'What',
    gap: 'image against text',
    textSide: 'Text side',
    textAlone: 'text alone',
    blackImage: 'text with a black image',
    style: 'Prompt style',
    samples: 'Samples of each set',
    seed: 'Seed',
    newTokens: 'New tokens',
    mostPixels: 'Most pixels of an image',
    send: 'Send the questions',
    metrics: 'Metrics',
    gaps: 'The same puzzles by image and by text',
    refused: (note: string, refused: number, of: number) => `${note}; ${refused} of ${of} refused.`,
  },

  judge: {
    title: 'Have results judged',
    about:
      'Results that exist are graded again; nothing is generated. The service is sent questions, reference answers and responses, no images. Every record keeps both verdicts, the rules’ and the judge’s.',
    opened: (records: number, name: string) => `${counted(records, 'record')} of ${name}`,
    choose: 'A result folder, unpacked, or one of its .jsonl files',
    needs: 'Choose results, or drop them on this page.',
    readingResults: 'Reading results',
    asking: 'Asking the judge',
    goOn: 'Go on',
    ask: 'Ask the judge',
    cost: (total: number, done: number) => `${counted(total, 'response')}, ${done} of them judged earlier`,
    progress: (done: number, total: number) => `${done} of ${total} judged so far`,
    agree: (agree: number, n: number, share: string, judgeOnly: number, ruleOnly: number) =>
      `Judge and rules agree on ${agree} of ${n} responses (${share}); ${judgeOnly} are right for the judge alone, ${ruleOnly} for the rules alone.`,
    byRules: 'By the rules',
    byJudge: 'By the judge, by the rules where it was unclear',
    disputed: 'Where they differ',
    judgeAlone: 'right for the judge alone',
    rulesAlone: 'right for the rules alone',
    reference: 'Reference',
    more: (n: number) => `More of ${n}`,
  },

  columns: {
    metrics: ['model', 'metric', 'value', '95 %, Wilson', 'n'],
    gaps: ['model', 'puzzles', 'by image', 'by text', 'text − image (points)', 'McNemar p', 'n'],
    all: 'all',
    allOf: (group: string) => `all ${group}`,
  },
};

export const t = texts('connected', en);
