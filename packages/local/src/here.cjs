// @ts-check
'use strict';

// Where this package lies on the disk: ESM says it with `import.meta`, CommonJS with `require`, and no source file can
// say both. This one is CommonJS in either build, so that the others need not know which build they are in.
const { dirname } = require('node:path');

/** The program that runs an engine for as long as its parent lives. */
exports.keepEngineFile = require.resolve('./keepEngine.cjs');

/**
 * The folder of a package that this one depends on, or `undefined` where it is not installed.
 *
 * @param {string} packageName
 * @returns {string | undefined}
 */
exports.findPackageFolder = packageName => {
  try {
    return dirname(require.resolve(`${packageName}/package.json`));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};
