import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { readResponses } from '../data/responses.js';

/*
 * A process that answers Queries over HTTP with prepared responses, so that what is measured is the reader's work alone.
 * Its argument is a folder that has a folder for each table.
 */

interface Query {
  TableName: string;
  ExclusiveStartKey?: { version: { N: string } };
}

const [, , folder = ''] = process.argv;
/** Of the table that was asked for last: all together would not fit into memory. */
let current = { tableName: '', responses: new Map<number, Buffer>() };

const server = createServer((request, response) => {
  void text(request).then(body => {
    const { TableName: tableName, ExclusiveStartKey: startKey } = JSON.parse(body) as Query;
    if (current.tableName !== tableName) current = { tableName, responses: readResponses(join(folder, tableName)) };
    const bytes = current.responses.get(Number(startKey?.version.N ?? 0)) ?? Buffer.from('{}');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.setHeader('content-length', bytes.length);
    response.end(bytes);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
// Ends with the process that started it.
process.on('disconnect', () => process.exit());
