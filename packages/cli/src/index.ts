export { type CastoreDynamoDbConfig, defineConfig } from './config/defineConfig.js';
