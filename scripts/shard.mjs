import { NamedError } from './named-error.mjs';

/** More would each open the models for nothing. */
export const MOST_PARTS = 10_000;

/** How `--shard` is given. */
const FORMS = `give i/n, i from 1 to n and n at most ${MOST_PARTS}, or auto`;

/**
 * Which part of the work `--shard` names: `i/n` as it stands, of `auto` what the scheduler says that started the command. In this order:
 * FRANKENSCOPE_SHARD (`i/n`); an array of SLURM, whose ids begin and step as they were given; an indexed Job of Kubernetes, with JOB_COMPLETIONS
 * or PARTS as its count, which Kubernetes does not tell by itself.
 *
 * @param {string} flag
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} `i/n`, i from 1
 * @throws {NamedError} BadValue, NoShard
 */
export function shardOf(flag, env = process.env) {
  if (flag !== 'auto') return checked(flag, '--shard', flag);
  const { FRANKENSCOPE_SHARD: own } = env;
  if (own !== undefined) return checked(own, 'FRANKENSCOPE_SHARD', own);
  if (env.SLURM_ARRAY_TASK_ID !== undefined) return ofSlurm(env);
  if (env.JOB_COMPLETION_INDEX !== undefined) return ofKubernetes(env);
  throw new NamedError(
    'NoShard',
    'neither FRANKENSCOPE_SHARD nor SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set',
    '--shard auto',
    'start the command from an array of SLURM or an indexed Job of Kubernetes, or give i/n',
  );
}

/** @param {NodeJS.ProcessEnv} env */
function ofSlurm(env) {
  const at = number(env, 'SLURM_ARRAY_TASK_ID');
  const count = number(env, 'SLURM_ARRAY_TASK_COUNT');
  const first = number(env, 'SLURM_ARRAY_TASK_MIN');
  const step = env.SLURM_ARRAY_TASK_STEP === undefined ? 1 : number(env, 'SLURM_ARRAY_TASK_STEP');
  return checked(
    `${(at - first) / step + 1}/${count}`,
    'SLURM_ARRAY_TASK_ID',
    `${at} of ${count} from ${first} in steps of ${step}`,
  );
}

/** @param {NodeJS.ProcessEnv} env */
function ofKubernetes(env) {
  const count = number(env, env.JOB_COMPLETIONS === undefined ? 'PARTS' : 'JOB_COMPLETIONS');
  const at = number(env, 'JOB_COMPLETION_INDEX');
  return checked(`${at + 1}/${count}`, 'JOB_COMPLETION_INDEX', `${at} of ${count} from 0`);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function number(env, name) {
  const text = env[name];
  if (text === undefined)
    throw new NamedError('NoShard', `${name} is not set`, '--shard auto', 'set it, or give i/n');
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new NamedError('BadValue', `"${text}" is no count`, name, 'give i/n');
}

/**
 * @param {string} text
 * @param {string} where
 * @param {string} said
 */
function checked(text, where, said) {
  const [, part = 0, count = 0] = /^([1-9]\d{0,8})\/([1-9]\d{0,8})$/.exec(text)?.map(Number) ?? [];
  if (part >= 1 && part <= count && count <= MOST_PARTS) return `${part}/${count}`;
  throw new NamedError('BadValue', `"${said}" names no part`, where, FORMS);
}
