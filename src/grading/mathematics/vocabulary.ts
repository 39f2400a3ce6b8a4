/** The commands of LaTeX, by their meaning. */
import type { ConstantName, FunctionName } from './expression.ts';

/** Commands that are called with an argument. */
export const CALLS: ReadonlySet<string> = new Set<FunctionName>([
  ...([
    'sin',
    'cos',
    'tan',
    'cot',
    'sec',
    'csc',
    'arcsin',
    'arccos',
    'arctan',
    'sinh',
    'cosh',
    'tanh',
  ] as const),
  ...(['ln', 'log', 'exp'] as const),
]);

export const CONSTANTS: ReadonlyMap<string, ConstantName> = new Map([
  ['pi', 'pi'],
  ['infty', 'infinity'],
]);

/** Letters that are written as commands. */
export const GREEK = new Set(
  'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta kappa lambda mu nu xi rho sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell'.split(
    ' ',
  ),
);

/** What an exponent of −1 makes of a function. */
export const INVERSES: Readonly<Record<string, FunctionName>> = {
  sin: 'arcsin',
  cos: 'arccos',
  tan: 'arctan',
};
