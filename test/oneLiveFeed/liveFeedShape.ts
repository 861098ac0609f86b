/** A live feed in CloudFormation's words, whoever makes it. */
export interface LiveFeedShape {
  readonly api: { readonly ProtocolType: string };
  readonly stage: { readonly StageName: string; readonly AutoDeploy: boolean };
  readonly routes: readonly string[];
  readonly integrations: readonly string[];
  readonly permissions: { readonly webSocket: readonly string[]; readonly stream: readonly string[] };
}

/** What a feed is made of. */
export const FEED = {
  eventTableName: 'orders-events',
  eventTableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events',
  streamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events/stream/2026-11-21T00:00:00.000',
  feedTableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-feed',
};

/** In place of the API's id, which is known when it is deployed. */
export const API_ID = 'API';

export const CONNECTIONS = (method: string): string =>
  `arn:aws:execute-api:eu-west-1:111122223333:${API_ID}/live/${method}/@connections/*`;
