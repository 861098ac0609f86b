import { NoEngineFoundError } from '../errors.js';
import { findDynamoDbLocal } from './dynamoDbLocal.js';
import { findDynoxide } from './dynoxide.js';
import type { AvailableEngine, EngineName, MissingEngine } from './engine.js';

/** In the order of preference. */
const FINDERS: Record<EngineName, () => Promise<AvailableEngine | MissingEngine>> = {
  'dynamodb-local': findDynamoDbLocal,
  dynoxide: findDynoxide,
};

const ENGINE_NAMES = Object.keys(FINDERS) as EngineName[];

/** Finds that engine on this machine, or the first of all where none is named. */
export const findEngine = async (name?: EngineName): Promise<AvailableEngine> => {
  if (name !== undefined && !ENGINE_NAMES.includes(name)) {
    throw new TypeError(`Unknown engine ${JSON.stringify(name)}: use '${ENGINE_NAMES.join("' or '")}'.`);
  }
  const missing: MissingEngine[] = [];
  for (const candidate of name === undefined ? ENGINE_NAMES : [name]) {
    const engine = await FINDERS[candidate]();
    if ('launch' in engine) return engine;
    missing.push(engine);
  }
  throw new NoEngineFoundError(missing);
};
