/** Pair folders in the reference's layout: `<task>/data.jsonl` beside `<task>/images/`. */
import type { ErrorName } from '../../error-name.ts';
import { NamedError } from '../../named-error.ts';
import type { Task } from '../task.ts';
import { TASKS, isTask } from '../task.ts';
import { eachJsonLine, type JsonLine, textField } from './json-lines.ts';
import type { FolderReading } from './file-pieces.ts';
import type { Pair } from './pair.ts';
import { PictureFiles } from './picture-files.ts';

/** The reference set's counting prompts begin with this, as text; no model reads it as an image. */
const LITERAL_IMAGE = /^\s*<image>\s*/;

export interface PairFolderOptions {
  /** What to do with a literal `<image>` at a prompt's beginning: leave it out (default), or pass it on as text. */
  readonly literalImage?: 'strip' | 'keep';
}

export interface PairFolder {
  readonly pairs: readonly Pair[];
  /** Prompts that began with a literal `<image>`. */
  readonly literalImages: number;
}

/**
 * Reads every `data.jsonl` below a folder. `files` are by path relative to it; a single task's folder will do.
 *
 * @throws NamedError `NoPairs`; `BadJsonLine`, `MissingField`, `UnknownTask`, `MissingImage`, `DuplicateId` with file and line: no
 * sample is left out in silence.
 */
export async function readPairFolder(
  files: ReadonlyMap<string, Blob>,
  { literalImage = 'strip' }: PairFolderOptions = {},
  { onBytes, ...reading }: FolderReading = {},
): Promise<PairFolder> {
  const lists = [...files.keys()].filter((path) => /(^|\/)data\.jsonl$/.test(path)).sort();
  if (lists.length === 0) {
    throw new NamedError(
      'NoPairs',
      `none of the ${files.size} files is a data.jsonl`,
      {},
      'give a folder of <task>/data.jsonl and <task>/images/',
    );
  }
  const pairs: Pair[] = [];
  const known = new Set<string>();
  let literalImages = 0;
  const total = lists.reduce((sum, path) => sum + (files.get(path)?.size ?? 0), 0);
  let before = 0;
  for (const path of lists) {
    const folder = path.slice(0, -'data.jsonl'.length);
    const file = files.get(path) as Blob;
    const pictures = new PictureFiles(folder, files);
    const take = (line: JsonLine): void => {
      const stored = textField(line, path, 'prompt');
      if (LITERAL_IMAGE.test(stored)) literalImages++;
      const prompt = literalImage === 'strip' ? stored.replace(LITERAL_IMAGE, '') : stored;
      const pair = { ...readPair(line, path, folder, pictures), prompt };
      if (known.has(`${pair.task}/${pair.id}`)) {
        throw bad(
          'DuplicateId',
          `line ${line.line} repeats ${pair.id}`,
          path,
          'id',
          'give each pair its own id',
        );
      }
      known.add(`${pair.task}/${pair.id}`);
      pairs.push(pair);
    };
    const own = { ...reading, onBytes: (done: number): void => onBytes?.(before + done, total) };
    await eachJsonLine(file, path, take, own);
    before += file.size;
  }
  return { pairs, literalImages };
}

function readPair(
  line: JsonLine,
  path: string,
  folder: string,
  pictures: PictureFiles,
): Omit<Pair, 'prompt'> {
  const task = line.value['task'];
  if (!isTask(task)) {
    throw bad(
      'UnknownTask',
      `line ${line.line} has task ${JSON.stringify(task)}`,
      path,
      'task',
      `known: ${TASKS.join(', ')}`,
    );
  }
  const image = (field: string): Blob => {
    const name = textField(line, path, field);
    const file = pictures.at(name);
    if (file) return file;
    throw bad(
      'MissingImage',
      `line ${line.line} names ${folder}${name}`,
      path,
      field,
      'add the image to the folder',
    );
  };
  const meta = (line.value['meta'] ?? {}) as Readonly<Record<string, unknown>>;
  const threshold = meta['iou_threshold'];
  return {
    id: textField(line, path, 'id'),
    task,
    target: image('target_image'),
    source: image('source_image'),
    targetAnswer: answerOf(task, meta, 'target'),
    sourceAnswer: answerOf(task, meta, 'source'),
    ...(typeof threshold === 'number' ? { iouThreshold: threshold } : {}),
  };
}

/** As the reference reads its meta, boxes as Python prints a list. */
function answerOf(task: Task, meta: Readonly<Record<string, unknown>>, side: 'target' | 'source'): string {
  const field = { ocr: 'text', grounding: 'bbox_xyxy', counting: 'answer', recognition: 'answer' }[task];
  const value = meta[`${side}_${field}`];
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function bad(name: ErrorName, what: string, file: string, field: string, remedy: string): NamedError {
  return new NamedError(name, what, { file, field }, remedy);
}
