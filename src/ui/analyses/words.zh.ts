/** What is said of each analysis in Chinese, by its name (`words-of.ts`). */
import type { AnyDeclaration, Words } from '../../analyses/declaration.ts';

const words = import.meta.glob<Words>('../../analyses/*/words.zh.mjs', { eager: true, import: 'words' });
const declarations = import.meta.glob<AnyDeclaration>('../../analyses/*/declaration.mjs', {
  eager: true,
  import: 'declaration',
});

export const zh: Readonly<Record<string, Words>> = Object.fromEntries(
  Object.entries(words).flatMap(([path, said]) => {
    const declared = declarations[path.replace('words.zh', 'declaration')];
    return declared ? [[declared.name, said]] : [];
  }),
);
