import { castore } from './castore.js';
import type { ContenderName, CreateContender } from './contender.js';
import { emptyPut } from './emptyPut.js';
import { equinox, equinoxFromTip } from './equinox.js';
import { eventStoreAdapterJs } from './eventStoreAdapterJs.js';
import { httpJsonParse } from './httpJsonParse.js';
import { jsonParse } from './jsonParse.js';
import { ours, oursStreaming } from './ours.js';
import { plainPut } from './plainPut.js';
import { poller } from './poller.js';
import { ourDynamoDbProjection, ourProjection } from './projections.js';
import { documentClient, unmarshallItems } from './sdk.js';
import { oursCached, oursSnapshotEachPush, oursWithSnapshots } from './snapshots.js';

export const contenders: Record<ContenderName, CreateContender> = {
  castore,
  ours,
  oursStreaming,
  oursWithSnapshots,
  oursSnapshotEachPush,
  oursCached,
  projection: ourProjection,
  dynamoDbProjection: ourDynamoDbProjection,
  poller,
  jsonParse,
  httpJsonParse,
  documentClient,
  unmarshall: unmarshallItems,
  emptyPut,
  plainPut,
  equinox,
  equinoxFromTip,
  eventStoreAdapterJs,
};
