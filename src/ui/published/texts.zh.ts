import type { en } from './texts.ts';

const span = ([first, last]: readonly [number, number]): string =>
  first === last ? String(first) : `${first}–${last}`;

export const zh: typeof en = {
  counted: ({ paper, printed, here }) => `${paper} 第 ${span(printed)} 层，这里为第 ${span(here)} 层`,
  stretched: ({ paper, printed, here }, deep, layers) =>
    `${paper} 第 ${span(printed)}/${deep} 层，按深度对应第 ${span(here)}/${layers} 层`,
  ofDepth: ({ paper, printed }, deep) => `${paper} 第 ${span(printed)}/${deep} 层`,
};
