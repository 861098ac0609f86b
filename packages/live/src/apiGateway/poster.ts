import { backOffMs, isNamed, memberOf, pause, withDeadline } from '@castore-dynamodb/commons';

/**
 * What is needed of `ApiGatewayManagementApi` of `@aws-sdk/client-apigatewaymanagementapi`. Its `endpoint` is
 * `https://<API's domain>/<stage>`.
 */
export interface ManagementApi {
  postToConnection(
    input: { ConnectionId: string; Data: Uint8Array },
    options?: { abortSignal?: AbortSignal },
  ): Promise<unknown>;
  deleteConnection(input: { ConnectionId: string }, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

/** `failed`: after all attempts; nobody knows whether the client has it. */
export type PostResult = 'sent' | 'gone' | 'failed';

const ATTEMPTS = 5;
const ATTEMPT_MS = 5_000;
const BACK_OFF = { firstDelayMs: 100, maxDelayMs: 3_000 };

/** Sends messages to connections, one at a time to each. */
export class Poster {
  readonly #api: ManagementApi;
  readonly #onError: (error: unknown) => void;

  constructor(api: ManagementApi, onError: (error: unknown) => void) {
    this.#api = api;
    this.#onError = onError;
  }

  /**
   * Tries again while API Gateway throttles or fails.
   *
   * @throws the error of a request that API Gateway refuses for everybody, such as for want of permission
   */
  post(connectionId: string, message: string): Promise<PostResult> {
    const input = { ConnectionId: connectionId, Data: Buffer.from(message) };
    return this.#request('PostToConnection', abortSignal => this.#api.postToConnection(input, { abortSignal }));
  }

  /**
   * Ends a connection that is not sent to any more, so that its client comes back. If that fails, it comes back when it
   * asks for a sign of life.
   */
  async close(connectionId: string): Promise<void> {
    const input = { ConnectionId: connectionId };
    try {
      await this.#request('DeleteConnection', abortSignal => this.#api.deleteConnection(input, { abortSignal }));
    } catch (error) {
      this.#onError(error);
    }
  }

  async #request(operation: string, send: (signal: AbortSignal) => Promise<unknown>): Promise<PostResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        await withDeadline({ operation, milliseconds: ATTEMPT_MS }, send);
        return 'sent';
      } catch (error) {
        if (isGone(error)) return 'gone';
        if (isRefusal(error)) throw error;
        if (attempt === ATTEMPTS) {
          this.#onError(error);
          return 'failed';
        }
        await pause(backOffMs(attempt, BACK_OFF));
      }
    }
  }
}

const statusOf = (error: unknown): unknown => memberOf(memberOf(error, '$metadata'), 'httpStatusCode');

/** BadRequestException: there has never been such a connection. */
const isGone = (error: unknown): boolean =>
  isNamed(error, 'GoneException') || statusOf(error) === 410 || isNamed(error, 'BadRequestException');

/** Without permission, with wrong credentials, with a clock that is wrong. */
const isRefusal = (error: unknown): boolean => {
  const status = statusOf(error);
  return isNamed(error, 'ForbiddenException') || status === 401 || status === 403 || status === 404;
};
