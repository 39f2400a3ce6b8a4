import { expose } from 'comlink';
import { installErrorTransfer } from '../src/work/error-transfer.ts';
import { PromptHost } from '../src/engine/prompts/host.ts';

installErrorTransfer();
expose(new PromptHost());
