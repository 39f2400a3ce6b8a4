import { bytes, count, counted } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';

export const en = {
  title: 'Open from a server',
  address: 'Repository or address',
  example: 'org/name, or https://…',
  look: 'Look',
  cancel: 'Cancel',
  more: 'Revision, hub, token',
  revision: 'Revision',
  hub: 'Hub, or a mirror of it',
  token: 'Your token',
  forgotten: 'The token was for another host and is forgotten; type one for this host where it wants one.',
  asking: 'Asking what lies there.',
  size: (size: number, files: number) => `${bytes(size)} in ${counted(files, 'file')}`,
  open: 'Open',
  openOf: (name: string) => `Open ${name} from the server`,
  keep: 'Keep a copy on this machine',
  keepOf: (name: string) => `Keep a copy of ${name} on this machine`,
  keeping: (name: string) => `Keeping ${name}`,
  traffic: (size: number, requests: number) =>
    `${bytes(size)} in ${count(requests)} requests came so far. What is opened is read from the server each time it is needed; what is kept is fetched once.`,
  privacy:
    'This page may read from the server that you name, when you press a button here. The server sees the address, which parts of which files are read, and your token, if you give one. Nothing else leaves your machine.',
  kept: {
    title: 'Kept checkpoints',
    part: (size: number, total: number) => `${bytes(size)} of ${bytes(total)}`,
    openOf: (name: string) => `Open the kept ${name}`,
    cutOff: (server: string) => `Cut off: keep it again from ${server || 'its server'}, which goes on.`,
    remove: 'Delete',
    removeOf: (name: string) => `Delete the kept ${name}`,
    total: (size: number) => `${bytes(size)} in all, in this browser's storage. They open without a network.`,
  },
};

export const t = texts('served', en);
