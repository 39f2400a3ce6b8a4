import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who made a temporary folder, told by its name alone: a folder that was made and never filled says it, too. What a killed
 * process left behind can then be removed, and nothing of one that is alive.
 *
 * A name is PREFIX, machine (hash of the host's name and, on Linux, of the namespace in which process numbers count),
 * process, the process's start (on Linux; 0 elsewhere), chance: `.frankenscope-1f2e3d4c-4711-88123-a1b2c3d4`.
 *
 * @typedef {{machine: string, process: number, start: string}} Owner
 */

/**
 * @param {string} prefix
 * @param {Owner} [owner]
 */
export function ownedName(prefix, owner = thisProcess()) {
  return `${prefix}${owner.machine}-${owner.process}-${owner.start}-${randomBytes(4).toString('hex')}`;
}

/**
 * The owner in a name of `ownedName`; null for any other.
 * @param {string} prefix
 * @param {string} name
 * @returns {Owner | null}
 */
export function ownerOf(prefix, name) {
  if (!name.startsWith(prefix)) return null;
  const match = /^([0-9a-f]{8})-([1-9]\d{0,9})-(\d{1,20})-[0-9a-f]{8}$/.exec(name.slice(prefix.length));
  if (!match) return null;
  const [, machine = '', process = '', start = ''] = match;
  return { machine, process: Number(process), start };
}

/** @returns {Owner} */
export function thisProcess() {
  return { machine: machine(), process: process.pid, start: startOf(process.pid) ?? '0' };
}

/**
 * Whether the process that made it is there; `unknown` for one of another machine.
 * @param {Owner} owner
 * @returns {'alive' | 'gone' | 'unknown'}
 */
export function ownerState(owner) {
  if (owner.machine !== machine()) return 'unknown';
  try {
    process.kill(owner.process, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH' ? 'gone' : 'alive';
  }
  const start = startOf(owner.process);
  // Numbers of processes are used again: another start is another process.
  return start !== null && owner.start !== '0' && start !== owner.start ? 'gone' : 'alive';
}

/** @type {string | undefined} */
let known;

function machine() {
  known ??= createHash('sha256').update(`${hostname()} ${namespace()}`).digest('hex').slice(0, 8);
  return known;
}

function namespace() {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/**
 * When a process began, in ticks since the machine did; null where the system does not tell.
 * @param {number} process
 */
function startOf(process) {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
    // The name, in brackets, may hold anything; the start is the 22nd field, the 20th behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
