import { expect, it } from 'vitest';
import { zipTexts } from './zip.ts';

/** Of Python 3's zipfile: ZIP_STORED, names flagged UTF-8, made by MS-DOS, 1 January 1980, no attributes. */
const PYTHON =
  'UEsDBBQAAAgAAAAAIQB8pVOvCgAAAAoAAAAKAAAASU4vQS5qc29ubHsiaWQiOiAxfQpQSwMEFAAACAAAAAAhAAawod0DAAAAAwAAAAwAAABNw7ZiaXVzLmpzb257fQpQSwMEFAAACAAAAAAhAAAAAAAAAAAAAAAAAAkAAABlbXB0eS50eHRQSwECFAAUAAAIAAAAACEAfKVTrwoAAAAKAAAACgAAAAAAAAAAAAAAAAAAAAAASU4vQS5qc29ubFBLAQIUABQAAAgAAAAAIQAGsKHdAwAAAAMAAAAMAAAAAAAAAAAAAAAAADIAAABNw7ZiaXVzLmpzb25QSwECFAAUAAAIAAAAACEAAAAAAAAAAAAAAAAACQAAAAAAAAAAAAAAAABfAAAAZW1wdHkudHh0UEsFBgAAAAADAAMAqQAAAIYAAAAAAA==';

it('an archive has the bytes that Python gives it', () => {
  const files = new Map([
    ['IN/A.jsonl', '{"id": 1}\n'],
    ['Möbius.json', '{}\n'],
    ['empty.txt', ''],
  ]);
  expect(Buffer.from(zipTexts(files)).toString('base64')).toBe(PYTHON);
});

it('says how much an archive holds where there is more', () => {
  const files = new Map(Array.from({ length: 65_536 }, (_, index) => [`${index}`, ''] as const));
  expect(() => zipTexts(files)).toThrow(
    expect.objectContaining({
      name: 'ArchiveTooLarge',
      what: expect.stringContaining('65536 files of ') as string,
    }) as Error,
  );
});
