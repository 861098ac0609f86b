import assert from 'node:assert/strict';

/** The clock of a server is not quite that of this machine. */
const TOLERANCE_MS = 60_000;

/** Fails unless it is the present time, as `new Date().toISOString()` writes it. */
export const assertIsNow = (timestamp: string): void => {
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const distance = Math.abs(Date.now() - Date.parse(timestamp));
  assert.ok(distance < TOLERANCE_MS, `${timestamp} is ${distance} ms away from now`);
};
