import { describe, expect, it, vi } from 'vitest';
import { problemPrompt } from '../problem-prompt.ts';
import { parseColumns } from './columns.ts';
import { openPicture } from './picture.ts';
import { BASE, readRow, readRows, type Row } from './testing/rows.ts';

/** 1 × 1 each, as Pillow 13.0.0 writes them. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC';
const GIF = 'R0lGODdhAQABAIEAAAAAAAAAAAAAAAAAACwAAAAAAQABAAAIBAABBAQAOw==';
const JPEG =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AI6//9k=';
const WEBP = 'UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAUAmJaQAA3AA/v02aAA=';
const BMP = 'Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAADEDgAAxA4AAAAAAAAAAAAAAAAAAA==';

const chatTurn = (...content: readonly object[]) => ({ role: 'user', content });

describe('pictures of a row', () => {
  it.each([
    ['a list', { images: ['images/0.png'] }],
    ['a list under image', { image: ['images/0.png'] }],
    ['a path from here', { image: './images/0.png' }],
    ['a path with a detour', { image: 'more/../images/0.png' }],
    ['a path of Windows', { image: 'images\\0.png' }],
    ['a path without its folder', { image_path: '0.png' }],
    ['a path alone', { image: { bytes: null, path: 'images/0.png' } }],
    ['a list as text', { image_path: "['images/0.png']" }],
    ['a base64 text', { image: btoa('images/0.png'.padStart(60)) }],
    ['a data address', { image: `data:image/png;base64,${btoa('images/0.png'.padStart(60))}` }],
    ['a numbered column', { image_1: 'images/0.png', image_2: null }],
  ])('are read: %s', async (_, row) => {
    const problem = await readRow(row);
    expect((await (await openPicture(problem?.image as Blob)).text()).trim()).toBe('images/0.png');
    expect(problem?.moreImages).toBeUndefined();
  });

  it.each<[string, Row, string, RegExp]>([
    [
      'a file that is not there',
      { images: ['images/9.png'] },
      'MissingImage',
      /^line 1 names set\/images\/9.png$/,
    ],
    ['an address', { image: 'https://a.b/c.png' }, 'MissingImage', /^line 1 names https:\/\/a\.b\/c\.png$/],
    ['something else', { image: { file: 1 } }, 'MissingImage', /^line 1 holds an object of file$/],
    [
      'a picture elsewhere',
      { shot: 'images/0.png' },
      'UnreadPicture',
      /^line 1 has a picture in shot, which is not read/,
    ],
    [
      'more elsewhere',
      { image: 'images/0.png', images: ['images/0.png', 'images/1.png'] },
      'UnreadPicture',
      /2 pictures in images/,
    ],
    [
      'a second file',
      { image: 'images/0.png', depth: 'images/1.png' },
      'UnreadPicture',
      /a picture in depth/,
    ],
    [
      'a list elsewhere',
      { figures: ['a.jpg', 'b.jpg'] },
      'UnreadPicture',
      /^line 1 has 2 pictures in figures/,
    ],
    ['a video', { videos: ['a.mp4'] }, 'UnreadPicture', /video or sound in videos/],
    [
      'another one in a second known column',
      { image: 'images/0.png', images: ['images/1.png'] },
      'UnreadPicture',
      /a picture in images,/,
    ],
    [
      'another one in a second known column, not there',
      { image: 'images/0.png', image_path: 'images/9.png' },
      'UnreadPicture',
      /a picture in image_path,/,
    ],
    ['other bytes in a second known column', { image: PNG, images: [GIF] }, 'UnreadPicture', /in images,/],
    ['base64 of a PNG', { shot: PNG }, 'UnreadPicture', /a picture in shot,/],
    ['base64 of a GIF', { shots: [GIF, GIF] }, 'UnreadPicture', /2 pictures in shots,/],
    ['base64 of a JPEG', { shot: JPEG }, 'UnreadPicture', /a picture in shot,/],
    ['base64 of a WebP', { shot: WEBP }, 'UnreadPicture', /a picture in shot,/],
    ['base64 of a BMP', { shot: BMP }, 'UnreadPicture', /a picture in shot,/],
    ['base64 beside another', { image: 'images/0.png', depth: PNG }, 'UnreadPicture', /a picture in depth,/],
    ['an address with a query', { link: 'https://a.b/c.jpg?w=9#x' }, 'UnreadPicture', /a picture in link,/],
    ['an address in a record', { link: { url: 'https://a.b/c.jpg' } }, 'UnreadPicture', /in link\.url,/],
    ['a list as text', { shots: "['images/0.png', 'b.png']" }, 'UnreadPicture', /2 pictures in shots,/],
    ['a member', { metadata: { image: 'images/0.png' } }, 'UnreadPicture', /in metadata\.image,/],
    [
      'a list of records',
      { media: [{ type: 'image', path: 'images/0.png' }] },
      'UnreadPicture',
      /a picture in media,/,
    ],
    [
      'verl’s data of requests',
      { multi_modal_data: { image: [{ bytes: null, path: 'images/0.png' }] } },
      'UnreadPicture',
      /a picture in multi_modal_data\.image,/,
    ],
    [
      'parts of a chat beside the question',
      {
        messages: [
          chatTurn({ type: 'image_url', image_url: { url: 'https://a.b/c' } }, { type: 'text', text: 't' }),
        ],
      },
      'UnreadPicture',
      /a picture in messages\[\]\.content,/,
    ],
  ])('are never dropped: %s', async (_, row, name, what) => {
    const error = await readRow(row).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, what: expect.stringMatching(what) as string });
    expect(String(error)).not.toContain('[object');
  });

  it('are the same where another column only repeats or remarks them', async () => {
    const row = {
      image: 'images/0.png',
      image_path: './images/0.png',
      file_name: '0.png',
      source: 'gone.jpg',
    };
    expect((await readRow(row))?.image).toBeInstanceOf(Blob);
  });

  it.each<[string, Row]>([
    ['a list', { image: 'images/0.png', images: ['./images/0.png'] }],
    ['a path from elsewhere', { image: 'images/0.png', image_path: '/data/train/0.png' }],
    ['bytes', { image: PNG, images: [PNG] }],
    ['a name beside bytes', { image: PNG, image_path: 'images/1.png' }],
    [
      'parts of a chat',
      { images: ['images/0.png'], messages: [chatTurn({ type: 'image', image: 'images/0.png' })] },
    ],
    ['markers of a chat', { images: ['images/0.png'], messages: [chatTurn({ type: 'image', text: null })] }],
    ['where it comes from', { image: 'images/0.png', meta: { url: 'https://a.b/c.jpg?x', note: 'c.jpg' } }],
  ])('are the same where another column repeats them: %s', async (_, row) => {
    expect((await readRow(row)).moreImages).toBeUndefined();
    expect((await readRow(row)).image).toBeDefined();
  });

  it('elsewhere are read where one says so, and left where one names others', async () => {
    expect((await readRow({ shot: 'images/0.png' }, { image: ['shot'] }))?.image).toBeInstanceOf(Blob);
    const row = { a: 'images/0.png', b: 'images/1.png', shot: 'more/deep/2.jpg' };
    const problem = await readRow(row, parseColumns('image=a+b'));
    expect([problem?.image, problem?.moreImages?.length]).toEqual([expect.any(Blob), 1]);
  });

  it('that are base64 are decoded when they are asked about, not before', async () => {
    const decode = vi.spyOn(globalThis, 'atob');
    const rows = [
      { ...BASE, index: 1, image: btoa('x'.repeat(90)) },
      { ...BASE, index: 2, image: '1' },
    ];
    const problems = await readRows(rows);
    expect(decode).not.toHaveBeenCalled();
    const texts = problems.map(async ({ image }) => (await openPicture(image as Blob)).text());
    expect(await Promise.all(texts)).toEqual(['x'.repeat(90), 'x'.repeat(90)]);
    decode.mockRestore();
  });
});

describe('markers of pictures', () => {
  const images = ['images/0.png', 'images/1.png'];
  const asked = async (row: Row, prefix = '', system?: string) => {
    const problem = await readRow(row);
    const spec = await problemPrompt(problem as never, system === undefined ? {} : { system }, prefix);
    const names = await Promise.all((spec.images ?? []).map((image) => image.text()));
    return { ...spec, images: names };
  };

  it('at the front are left out: the picture stands there anyway', async () => {
    expect(await asked({ images: ['images/0.png'], question: '<image>\nHow many?' }, 'Think. ')).toEqual({
      images: ['images/0.png'],
      prompt: 'Think. \nHow many?',
    });
  });

  it('within the text put pictures where EasyR1 and verl put them', async () => {
    expect(await asked({ images, question: 'Is <image> left of\n<image>?' }, 'Think. ', 'Be brief.')).toEqual(
      {
        images,
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Think. Is ' },
              { type: 'image' },
              { type: 'text', text: ' left of\n' },
              { type: 'image' },
              { type: 'text', text: '?' },
            ],
          },
        ],
      },
    );
  });

  it('by number take the picture of that number', async () => {
    for (const question of ['First <image 2>, then <image 1>.', 'First <image_2>, then <image1>.']) {
      expect(await asked({ images, question })).toMatchObject({ images: ['images/1.png', 'images/0.png'] });
    }
  });

  it('may be missing: all pictures stand before the text', async () => {
    expect(await asked({ images })).toEqual({ images, prompt: 'q' });
  });

  it.each([
    ['<image><image>', ['images/0.png'], /2 markers \(<image> <image>\) for 1 pictures/],
    ['<image> and', images, /1 markers \(<image>\) for 2 pictures/],
    ['What does <image> do?', [], /1 markers \(<image>\) for 0 pictures/],
    ['<image 3>', images, /1 markers \(<image 3>\) for 2 pictures/],
  ])('that are not as many as pictures are refused: %s', async (question, own, what) => {
    await expect(readRow({ question, images: own })).rejects.toMatchObject({
      name: 'ImageMarkers',
      what: expect.stringMatching(what) as string,
    });
  });

  it.each([
    '<img>images/0.png</img> What?',
    'What is <img class="a" src="images/0.png"/>?',
    'See ![a plot](images/0.png) and say.',
    '![](https://a.b/c)',
  ])('that only the text shows are refused, not passed over: %s', async (question) => {
    await expect(readRow({ question })).rejects.toMatchObject({
      name: 'UnreadPicture',
      what: expect.stringMatching(/^line 1: the text shows a picture that no column holds: [<!]/) as string,
      place: { field: 'question' },
    });
    expect((await readRow({ question, image: 'images/0.png' })).question).toBe(question);
  });

  it.each(['What does the tag <img> do?', 'Is 3![4](2) odd?', '5! [a](b)'])(
    'are not seen in %s',
    async (question) => {
      expect((await readRow({ question })).question).toBe(question);
    },
  );
});
