import type { StopReason } from '../../engine/protocol/generation.ts';
import { counted } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';

export const en = {
  title: 'Try it',
  model: 'Model',
  close: 'Close',
  stale: (edits: string) =>
    `What is below was answered before the model was changed: ${edits}. Ask again to see what it answers now.`,
  theModel: 'the model',
  asItIs: (name: string) => `${name} as it is`,
  lead: 'Ask a loaded model about an image, switch layers off, hand them to another model, and watch the answer.',
  noneLoaded: 'No model is loaded yet. Load one of the open checkpoints.',
  noneOpen: 'No checkpoint is open yet.',
  goToOpen: 'Go to Open',

  subject: {
    label: 'What is run',
    strip: (name: string) => `Layers of ${name}: switch off or hand over`,
    brush: 'Drag to hand layers to',
    incompatible: (name: string, reason: string) => `${name} cannot give layers to this model: ${reason}.`,
    reset: 'As it was',
    hint: 'Click a layer to switch it off.',
    off: (layers: string) => `${layers} off`,
    from: (layers: string, name: string) => `${layers} from ${name}`,
    /** "layers 9–10 off, 19–28 from RL". @param one whether all of it is of a single layer */
    edits: (parts: readonly string[], one: boolean) => `${one ? 'layer' : 'layers'} ${parts.join(', ')}`,
  },

  images: {
    undrawn: (name: string) => `${name} cannot be shown`,
    remove: 'Remove',
    removeOf: (name: string) => `Remove ${name}`,
    add: 'Add an image',
    choose: 'Choose an image, drop or paste one',
  },
  question: 'Question',
  example: 'Ask about the image, or without one',
  stop: 'Stop',
  ask: 'Ask',
  live: 'Ask again on change',
  samples: 'Samples',
  settings: {
    title: 'Settings',
    mostTokens: 'Most new tokens',
    temperature: 'Temperature',
    penalty: 'Repetition penalty',
    seed: 'Seed',
    /** How tokens are drawn and images are read. */
    how: (samples: boolean, pixels: string, version: string) =>
      `${samples ? 'Sampled with this seed.' : 'Greedy: the likeliest token each time.'} Images above ${pixels} pixels are scaled down; they are read as ${version} does (chosen on the page Open).`,
    own: 'Own system prompt',
    system: 'System prompt',
    empty: 'Empty: an empty one',
  },

  answer: {
    label: 'Answer',
    ends: {
      end: '',
      length: 'Stopped at the limit of new tokens.',
      'image-token': 'The model emitted an image token; stopped there.',
      cancelled: 'Stopped.',
    } satisfies Record<StopReason, string>,
    empty: 'An empty answer.',
    promptTokens: (all: number, image: number) =>
      `${counted(all, 'prompt token')}${image ? `, ${image} of them image` : ''}`,
    before: (time: string) => `${time} before the first`,
    after: (time: string) => `${time} after`,
    pace: (perSecond: string) => `${perSecond} tokens/s`,
  },
  /** What the edit did to the answer, in a few words. */
  verdict: {
    changedAtFirst: 'Changed from the first token',
    changedAt: (token: number) => `Changed at token ${token}`,
    unchanged: (tokens: number) => `Unchanged over ${counted(tokens, 'token')}`,
    sameSoFar: (tokens: number) => `The same so far, ${counted(tokens, 'token')}`,
    answering: 'Answering',
    nothing: 'Nothing to compare',
  },
  history: {
    title: 'Asked before',
    noQuestion: 'No question',
    noAnswer: 'No answer',
  },
};

export const t = texts('tryit', en);
