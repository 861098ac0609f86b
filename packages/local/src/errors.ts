import type { EngineName, MissingEngine } from './engines/engine.js';

/** What every error of this package is; `code` tells the kinds apart. */
export abstract class LocalDynamoDbError extends Error {
  abstract readonly code: 'NO_ENGINE_FOUND' | 'ENGINE_START_FAILED' | 'ENDPOINT_UNUSABLE';
}

/** This machine has none of the engines that were asked for. */
export class NoEngineFoundError extends LocalDynamoDbError {
  override readonly name = 'NoEngineFoundError';
  readonly code = 'NO_ENGINE_FOUND';
  /** The engines that were looked for, each with the reason why it cannot be used. */
  readonly engines: readonly MissingEngine[];

  constructor(engines: readonly MissingEngine[]) {
    super(
      [
        'No DynamoDB can be started on this machine:',
        ...engines.map(({ name, missing }) => `- ${name}: ${missing}`),
        'Any one of these helps:',
        '- install Java 17 or newer, and have it in the PATH or in JAVA_HOME, for DynamoDB Local;',
        '- install the optional dependencies on a platform that has a package of Dynoxide, such as linux x64;',
        '- set DYNAMODB_ENDPOINT to the URL of a DynamoDB that runs already.',
      ].join('\n'),
    );
    this.engines = engines;
  }
}

/** The engine is there, and ended or stayed silent instead of answering. */
export class EngineStartError extends LocalDynamoDbError {
  override readonly name = 'EngineStartError';
  readonly code = 'ENGINE_START_FAILED';
  readonly engine: EngineName;
  /** The last that the engine wrote to its standard error. */
  readonly output: string;

  constructor(engine: EngineName, whatHappened: string, output: string) {
    super(`${engine} ${whatHappened}. ${output === '' ? 'It wrote nothing.' : `The last it wrote:\n${output}`}`);
    this.engine = engine;
    this.output = output;
  }
}

/** The URL in `DYNAMODB_ENDPOINT` is none, or nothing answers there. */
export class EndpointUnusableError extends LocalDynamoDbError {
  override readonly name = 'EndpointUnusableError';
  readonly code = 'ENDPOINT_UNUSABLE';
  readonly endpoint: string;

  constructor(endpoint: string, whatHappened: string, options?: ErrorOptions) {
    super(
      `DYNAMODB_ENDPOINT is "${endpoint}": ${whatHappened}. Correct it, or unset it to start an engine instead.`,
      options,
    );
    this.endpoint = endpoint;
  }
}
