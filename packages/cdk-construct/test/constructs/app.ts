import { testApp } from '@castore-dynamodb/testing/synthesis';

/** One app for the stacks of all constructs: the CDK's own validation of templates takes seconds to start, in each file. */
export const app = testApp({ builtinCloudFormationValidation: true });
