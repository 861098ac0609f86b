import { handle } from 'hono/aws-lambda';

import { app } from '../api/app.js';

/** For an HTTP API of API Gateway, or the function's own URL. */
export const handler = handle(app);
