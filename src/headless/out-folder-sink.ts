/** The folder `--out` as the place of an export: each file gets its name as soon as it is whole. */
import type { ByteSource } from '../checkpoint/byte-source.ts';
import type { FileSink, FolderSink, HeldFile, KeptFolder, Space } from '../merge/sinks/sink.ts';
import { NamedError } from '../named-error.ts';
import type { OutFolder } from './out-folder.ts';
import { CHOICE } from './out-folder.ts';

export class OutFolderSink implements FolderSink, KeptFolder {
  readonly #out: OutFolder;
  #writing: string | null = null;

  constructor(out: OutFolder) {
    this.#out = out;
  }

  get kept(): KeptFolder {
    return this;
  }

  async open(file: string): Promise<FileSink> {
    const writer = (await this.#out.create(file)).getWriter();
    this.#writing = file;
    return {
      write: (bytes) => writer.write(bytes),
      close: async () => {
        await writer.close();
        await this.#out.finish(file);
        this.#writing = null;
      },
    };
  }

  async finish(): Promise<void> {}

  /** What was begun; the folder itself is the command's to remove. */
  async discard(also: readonly string[] = []): Promise<void> {
    const begun = this.#writing === null ? [] : [this.#writing];
    this.#writing = null;
    for (const file of [...begun, ...also]) await this.#out.remove(file);
  }

  async held(): Promise<readonly HeldFile[]> {
    const { files, writers } = await this.#out.list();
    const [writer] = writers;
    if (writer === undefined) return files;
    const { folder } = await this.#out.space();
    throw new NamedError(
      'FolderInUse',
      `another run is writing into "${folder}", or ended less than two minutes ago on another machine`,
      { file: writer },
      'wait until it has ended, or choose another folder; if none is running, delete what is named here',
    );
  }

  read(file: HeldFile): Promise<ByteSource> {
    return Promise.resolve(this.#out.read(file));
  }

  async replace(file: string, text: string): Promise<void> {
    await this.#out.text(file, text);
    await this.#out.finish(file);
  }

  remove(file: string): Promise<void> {
    return this.#out.remove(file);
  }

  async space(): Promise<Space> {
    const { folder, free } = await this.#out.space();
    return { place: folder, free, choice: CHOICE };
  }

  expect(bytes: number): void {
    this.#out.expect(bytes);
  }
}
