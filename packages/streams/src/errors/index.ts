export { MissingEventError } from './missingEventError.js';
