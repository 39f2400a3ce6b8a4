/** The four tasks of the token swap (VFL; docs/method.md §2.2). */
export const TASKS = ['ocr', 'counting', 'grounding', 'recognition'] as const;
export type Task = (typeof TASKS)[number];

export function isTask(value: unknown): value is Task {
  return TASKS.some((task) => task === value);
}
