import { expose } from 'comlink';
import { OpfsStorage } from '../src/study/journal/opfs-storage.ts';

expose(new OpfsStorage());
