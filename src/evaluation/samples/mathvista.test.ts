import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { gradeResponse } from '../../grading/grade.ts';
import { imageDimensions } from '../../image/dimensions.ts';
import { openPicture } from '../../probes/data/picture.ts';
import { transferExperiments } from '../experiment.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import { promptPieces } from '../setting.ts';
import { readItemFolder } from './testing/item-folder.ts';

const PARQUET = new Blob([await readFile(new URL('testing/mathvista.parquet', import.meta.url))]);
const read = (others: Record<string, string> = {}) =>
  readItemFolder(
    new Map([
      ['MathVista/data/testmini.parquet', PARQUET],
      ...Object.entries(others).map(([path, text]) => [path, new Blob([text])] as const),
    ]),
  );

describe('MathVista’s own Parquet', () => {
  it('gives its categories, pictures, options and answers', async () => {
    const { general, mathTargeted, textOnly, puzzles } = await read();
    expect(general.map(({ id }) => id)).toEqual(['1', '3']);
    expect(mathTargeted.map(({ id }) => id)).toEqual(['2']);
    expect([...textOnly, ...puzzles]).toEqual([]);
    const [first, third] = general;
    expect(first).toMatchObject({
      ...{ question: 'How many birds are there?', answer: '4', category: 'general-vqa' },
      questionType: 'free_form',
    });
    expect(first?.choices).toBeUndefined();
    const picture = new Uint8Array(await (await openPicture(first?.image ?? new Blob())).arrayBuffer());
    expect(imageDimensions(picture)).toEqual({ width: 3, height: 2 });
    expect(third?.choices).toEqual(['cat', 'dog', 'bird']);
    expect(promptPieces(third as never, 'image_question', PROMPT_STYLES.none).join('')).toContain(
      'Choices:\nA. cat\nB. dog\nC. bird',
    );
    expect(gradeResponse(third as never, '\\boxed{B}').correct).toBe(true);
    expect(gradeResponse(third as never, '\\boxed{bird}').correct).toBe(false);
    expect(transferExperiments({ general, mathTargeted, textOnly }).map(({ metric }) => metric)).toEqual([
      'M_vis',
      'M_v2r',
    ]);
  });

  it('takes descriptions, which it has none of, from a list beside it', async () => {
    const { mathTargeted } = await read({
      'MathVista/descriptions.jsonl': '{"id": "2", "description": "A triangle with legs 5 and 12."}\n',
    });
    expect(mathTargeted[0]?.description).toBe('A triangle with legs 5 and 12.');
    expect((await read()).mathTargeted[0]?.description).toBeUndefined();
  });

  it('refuses a description of a question that is not there', async () => {
    const unknown = read({ 'descriptions.jsonl': '{"id": "9", "description": "?"}' });
    await expect(unknown).rejects.toMatchObject({
      name: 'UnknownSample',
      place: { file: 'descriptions.jsonl' },
    });
  });
});
