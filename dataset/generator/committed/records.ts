import type { Json } from '../item.ts';
import type { Item } from '../make-item.ts';
import type { Pair } from '../pairs/pair.ts';

export interface PairRecord {
  id: string;
  task: string;
  target_image: string;
  source_image: string;
  prompt: string;
  meta: { readonly [key: string]: Json };
  [key: string]: Json;
}

/** A line of a pair folder's `data.jsonl`. */
export function pairRecord({ id, task, prompt, meta }: Pair): PairRecord {
  return {
    id,
    task,
    target_image: `images/${id}_t.png`,
    source_image: `images/${id}_s.png`,
    prompt,
    meta,
  };
}

type ItemRecord = { [key: string]: Json };

/** A text-only problem. */
export function problemRecord(item: Item): ItemRecord {
  return { id: item.id, question: item.prompt, answer: item.answer, ...known(item) };
}

/** A visual question. */
export function questionRecord(item: Item): ItemRecord {
  const { id, prompt, answer, choices, description, meta } = item;
  return {
    id,
    image: `images/${id}.png`,
    question: prompt,
    answer,
    ...(choices ? { choices } : {}),
    description,
    category: meta.category ?? '',
    context: meta.context ?? '',
    ...known(item),
  };
}

/** A puzzle: a visual question with its state. */
export function puzzleRecord(item: Item): ItemRecord {
  const { id, prompt, answer, description, meta } = item;
  return {
    id,
    image: `images/${id}.png`,
    question: prompt,
    answer,
    description,
    category: meta.category ?? '',
    domain: meta.domain ?? '',
    state: meta.state ?? null,
    solution: meta.solution ?? [],
    ...known(item),
  };
}

function known({ questionType, level, rationale, hash }: Item): ItemRecord {
  return { question_type: questionType, level, rationale, hash };
}
