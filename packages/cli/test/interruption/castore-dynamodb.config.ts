import { configurationOf } from './configuration.js';

const { TEST_TABLE, TEST_PROJECTION_TABLE, TEST_ENDPOINT, TEST_REDUCER_VERSION } = process.env;

export default configurationOf({
  endpoint: TEST_ENDPOINT ?? '',
  tableName: TEST_TABLE ?? '',
  projectionTable: TEST_PROJECTION_TABLE ?? '',
  reducerVersion: TEST_REDUCER_VERSION ?? '1',
});
