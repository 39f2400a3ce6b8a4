/** Asks a checkpoint a question: plainly, with each of its layers switched off, and what comes next by itself. */
import { NamedError, startEngine, wholeModel } from '@frankenscope/engine';
import type { CheckpointFiles, GenerateRequest } from '@frankenscope/engine';

const engine = startEngine();
const form = document.querySelector('form') as HTMLFormElement;
const output = document.querySelector('pre') as HTMLPreElement;

/** A chosen folder's files by their paths within it. */
function folderOf(files: Iterable<File>): CheckpointFiles {
  return new Map(Array.from(files, (file) => [file.webkitRelativePath.replace(/^[^/]*\//, ''), file]));
}

async function ask(fields: FormData): Promise<unknown> {
  const { id, layers } = await engine.open('model', folderOf(fields.getAll('folder') as File[]));
  await engine.load('loading', id, { device: 'wasm', dtype: 'f32' }, ({ phase }) => console.info(phase));
  const question = {
    subject: wholeModel(id, layers),
    prompt: String(fields.get('question')),
    images: (fields.getAll('pictures') as File[]).filter(({ size }) => size > 0),
  };
  const ablated = Array.from({ length: layers }, (_, layer) => ({
    ablate: [{ layer, part: 'layer' as const }],
  }));
  // One batch: row 0 plain, row i + 1 without layer i.
  const request: GenerateRequest = { ...question, job: 'answers', maxNewTokens: 32, rows: [{}, ...ablated] };
  const { rows, promptTokens, imageTokens } = await engine.generate(request, () => undefined);
  const forward = await engine.forward({ ...question, job: 'logits', capture: { hidden: 'last' } });
  await engine.close(id);
  return {
    ...{ promptTokens, imageTokens },
    answer: rows[0]?.text,
    tokens: rows.map(({ tokens }) => tokens),
    logits: [...(forward.rows[0]?.logits ?? [])],
    hidden: forward.rows[0]?.hidden?.map((state) => [...state]),
  };
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  output.textContent = '';
  ask(new FormData(form))
    .catch((error: unknown) => ({ error: error instanceof NamedError ? error.message : String(error) }))
    .then((result) => (output.textContent = JSON.stringify(result)));
});
