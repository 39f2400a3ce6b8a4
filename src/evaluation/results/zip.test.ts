import { crc32, inflateRawSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { zipOf } from './zip.ts';

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env['TZ'];
  else process.env['TZ'] = TZ;
});

const SMALL = new Map([
  ['IN/A.jsonl', ['{"id": 1}\n', '{"id": 2}\n']],
  ['Möbius.json', ['{}\n']],
  ['empty.txt', []],
]);
/** Python 3's zipfile, Info-ZIP's unzip, and Java's ZipFile and ZipInputStream read these three files from it. */
const READ_BY_OTHERS =
  'UEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAAKAAAASU4vQS5qc29ubKtWykxRslIwrOWCsoxquQBQSwcIMu4ZhRAAAAAUAAAAUEsDBBQACAgIAAAAIQAAAAAAAAAAAAAAAAAMAAAATcO2Yml1cy5qc29uq67lAgBQSwcIBrCh3QUAAAADAAAAUEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAAJAAAAZW1wdHkudHh0AwBQSwcIAAAAAAIAAAAAAAAAUEsBAhQAFAAIAAgAAAAhADLuGYUQAAAAFAAAAAoAAAAAAAAAAAAAAAAAAAAAAElOL0EuanNvbmxQSwECFAAUAAgICAAAACEABrCh3QUAAAADAAAADAAAAAAAAAAAAAAAAABIAAAATcO2Yml1cy5qc29uUEsBAhQAFAAIAAgAAAAhAAAAAAACAAAAAAAAAAkAAAAAAAAAAAAAAAAAhwAAAGVtcHR5LnR4dFBLBQYAAAAAAwADAKkAAADAAAAAAAA=';

const bytesOf = async (blob: Blob): Promise<Buffer> => Buffer.from(await blob.arrayBuffer());

/** The files of an archive as APPNOTE 6.3 describes it, unpacked and summed by Node's zlib. */
function unpacked(zip: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  let at = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n -= 1) {
    expect(zip.readUInt32LE(at)).toBe(0x02014b50);
    const [crc, packed, size] = [16, 20, 24].map((field) => zip.readUInt32LE(at + field));
    const [nameBytes = 0, extra = 0, comment = 0] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = inflateRawSync(zip.subarray(from, from + (packed ?? 0)));
    expect([content.length, crc32(content)], name).toEqual([size, crc]);
    files.set(name, content);
    at += 46 + nameBytes + extra + comment;
  }
  expect(at).toBe(end);
  return files;
}

it('an archive holds its files in their order, and is what other programs read', async () => {
  const zip = await bytesOf(await zipOf(SMALL));
  expect([...unpacked(zip)].map(([path, content]) => [path, content.toString()])).toEqual(
    [...SMALL].map(([path, pieces]) => [path, pieces.join('')]),
  );
  expect(zip.toString('base64')).toBe(READ_BY_OTHERS);
});

it('the same files give the same bytes, wherever and whenever', async () => {
  for (const zone of ['Pacific/Kiritimati', 'America/St_Johns', 'Africa/Monrovia']) {
    process.env['TZ'] = zone;
    expect((await bytesOf(await zipOf(SMALL))).toString('base64'), zone).toBe(READ_BY_OTHERS);
  }
});

it('text of many slices comes out as it went in, whatever its letters and pieces', async () => {
  const pieces = Array.from(
    { length: 3000 },
    (_, index) => `${index} ${'aé基\u{20000}'.repeat(index % 50)}\n`,
  );
  const long = '\u{20000}基'.repeat(200_000);
  const files = unpacked(
    await bytesOf(
      await zipOf(
        new Map([
          ['a', pieces],
          ['b', [long]],
        ]),
      ),
    ),
  );
  expect(files.get('a')?.toString()).toBe(pieces.join(''));
  expect(files.get('b')?.toString()).toBe(long);
});

it('says how much an archive holds where there is more', async () => {
  const files = new Map(Array.from({ length: 65_536 }, (_, index) => [`${index}`, ['']] as const));
  await expect(zipOf(files)).rejects.toMatchObject({
    ...{ name: 'ArchiveTooLarge', what: '65536 files; a ZIP file holds 65535' },
    remedy: 'save fewer results at a time',
  });
  await expect(zipOf(SMALL, 22)).rejects.toMatchObject({
    ...{ name: 'ArchiveTooLarge', what: 'more than 22 bytes, which a ZIP file holds' },
  });
  expect((await zipOf(SMALL, 23)).size).toBeGreaterThan(0);
});
