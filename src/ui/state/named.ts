// What is rewritten beside this still asks for it here; it goes when the last import of it does.
export { named } from '../../named.ts';
