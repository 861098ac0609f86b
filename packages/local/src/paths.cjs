// @ts-check
'use strict';

// Where things are on the disk. ESM knows it from `import.meta` and CommonJS from `require`, and no source file can use
// both. This file is CommonJS in either build, so that the others need not know which build they are in.
const { dirname } = require('node:path');

/** The program that runs an engine for as long as its parent lives. */
exports.superviseEngineFile = require.resolve('./superviseEngine.cjs');

/**
 * The folder of a package that this one depends on, or `undefined` if it is not installed.
 *
 * @param {string} packageName
 * @returns {string | undefined}
 */
exports.findPackageFolder = packageName => {
  try {
    return dirname(require.resolve(`${packageName}/package.json`));
  } catch (error) {
    // Told by its code: in Jest the error is of another realm, and no `instanceof Error`.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};
