import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

import type { EngineName, MissingEngine } from './engines.js';

/**
 * Base class of the errors of a DynamoDB that cannot be had; `code` tells the kinds apart.
 *
 * @example
 * export const describeError = ({ code, message }: LocalDynamoDbError): string => `${code}: ${message}`;
 */
export abstract class LocalDynamoDbError extends CastoreDynamoDbError {}

/** This machine has no engine to start, or not the one that was asked for. */
export class NoEngineFoundError extends LocalDynamoDbError {
  declare readonly code: 'NoEngineFoundError';
  /** The engines that were looked for, each with the reason why it cannot be started. */
  readonly engines: readonly MissingEngine[];

  constructor(engines: readonly MissingEngine[]) {
    super(
      'NoEngineFoundError',
      [
        'No DynamoDB can be started on this machine:',
        ...engines.map(({ name, missing }) => `- ${name}: ${missing}`),
        'One of these helps:',
        '- for DynamoDB Local, install Java 17 or newer, and have it in the PATH or in JAVA_HOME;',
        '- for Dynoxide, use a platform that it has a package for (linux x64), and install optional dependencies too;',
        '- for a DynamoDB that runs already, set DYNAMODB_ENDPOINT to its URL.',
      ].join('\n'),
    );
    this.engines = engines;
  }
}

/** The engine is there, but it ended, stayed silent or failed, instead of answering. */
export class EngineStartError extends LocalDynamoDbError {
  declare readonly code: 'EngineStartError';
  readonly engine: EngineName;
  /** What the engine wrote to its standard error, the first 4,000 characters of it; may be empty. */
  readonly output: string;

  constructor(engine: EngineName, whatHappened: string, output: string, options?: ErrorOptions) {
    super(
      'EngineStartError',
      `${engine} ${whatHappened}. ${output === '' ? 'It wrote nothing.' : `It wrote:\n${output}`}`,
      options,
    );
    this.engine = engine;
    this.output = output;
  }
}

/** What `DYNAMODB_ENDPOINT` holds is not a URL, or nothing answers there. */
export class EndpointUnusableError extends LocalDynamoDbError {
  declare readonly code: 'EndpointUnusableError';
  /** Without the user and password that it may hold: errors are logged. */
  readonly endpoint: string;

  constructor(endpoint: string, whatHappened: string, options?: ErrorOptions) {
    const shown = endpoint.replace(/\/\/[^/]*@/, '//…@');
    super(
      'EndpointUnusableError',
      `DYNAMODB_ENDPOINT is ${JSON.stringify(shown)}: ${whatHappened}. Correct it, or unset it to start an engine.`,
      options,
    );
    this.endpoint = shown;
  }
}
