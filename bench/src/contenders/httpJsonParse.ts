import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { eventsQuery } from '../data/eventsQuery.js';
import type { CreateContender } from './contender.js';

interface Response {
  Items: unknown[];
  LastEvaluatedKey?: object;
}

/** The same requests, unsigned, and JSON.parse of what comes: a mark for what no adapter can do without, and no library. */
export const httpJsonParse: CreateContender = ({ config, tableName, aggregateId }) => {
  const agent = new Agent({ keepAlive: true });
  const post = (body: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      request(
        config.endpoint as string,
        { agent, method: 'POST' },
        response => void buffer(response).then(resolve, reject),
      )
        .on('error', reject)
        .setHeader('content-length', Buffer.byteLength(body))
        .end(body);
    });
  return {
    read: async onFirst => {
      const items: unknown[] = [];
      let startKey: object | undefined;
      do {
        const body = await post(
          JSON.stringify({ ...eventsQuery(tableName, aggregateId), ExclusiveStartKey: startKey }),
        );
        const { Items, LastEvaluatedKey } = JSON.parse(body.toString()) as Response;
        for (const item of Items) items.push(item);
        onFirst();
        startKey = LastEvaluatedKey;
      } while (startKey !== undefined);
      return items;
    },
  };
};
