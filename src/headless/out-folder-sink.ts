/** The folder `--out` as the place of an export: each file gets its name as soon as it is whole. */
import type { FileSink, FolderSink, KeptFolder } from '../merge/sinks/sink.ts';
import { NamedError } from '../named-error.ts';
import type { OutFolder } from './out-folder.ts';
import { CHOICE } from './out-folder.ts';

export function outFolderSink(out: OutFolder): FolderSink & KeptFolder {
  let writing: string | null = null;
  const sink: FolderSink & KeptFolder = {
    get kept() {
      return sink;
    },
    async open(file): Promise<FileSink> {
      const writer = (await out.create(file)).getWriter();
      writing = file;
      return {
        write: (bytes) => writer.write(bytes),
        close: async () => {
          await writer.close();
          await out.finish(file);
          writing = null;
        },
      };
    },
    finish: async () => undefined,
    /** What was begun; the folder itself is the command's to remove. */
    async discard(also = []) {
      const begun = writing === null ? [] : [writing];
      writing = null;
      for (const file of [...begun, ...also]) await out.remove(file);
    },
    async held() {
      const { files, writers } = await out.list();
      const [writer] = writers;
      if (writer === undefined) return files;
      const { folder } = await out.space();
      throw new NamedError(
        'FolderInUse',
        `another run is writing into "${folder}", or ended less than two minutes ago on another machine`,
        { file: writer },
        'wait until it has ended, or choose another folder; if none is running, delete what is named here',
      );
    },
    read: (file) => Promise.resolve(out.read(file)),
    async replace(file, text) {
      await out.text(file, text);
      await out.finish(file);
    },
    remove: (file) => out.remove(file),
    async space() {
      const { folder, free } = await out.space();
      return { place: folder, free, choice: CHOICE };
    },
    expect: (bytes) => out.expect(bytes),
  };
  return sink;
}
