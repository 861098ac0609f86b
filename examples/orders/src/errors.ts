/** What the caller of the API did wrong, or came too late for. */
export abstract class OrderError extends Error {
  abstract readonly status: 404 | 409;
}

export class OutOfStockError extends OrderError {
  readonly status = 409;

  constructor(sku: string, available: number) {
    super(`There are ${available} pieces of ${JSON.stringify(sku)}.`);
  }
}

export class OrderNotFoundError extends OrderError {
  readonly status = 404;

  constructor(orderId: string) {
    super(`There is no order ${JSON.stringify(orderId)}.`);
  }
}

export class OrderClosedError extends OrderError {
  readonly status = 409;

  constructor(orderId: string, status: string) {
    super(`The order ${JSON.stringify(orderId)} is ${status} already.`);
  }
}
