/** Of the app, as records and builds name it. */
export { version } from '../package.json';
