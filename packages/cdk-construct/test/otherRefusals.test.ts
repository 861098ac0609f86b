import type { Stack } from 'aws-cdk-lib';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { EventTable, type EventTableAttributes, ProjectionTable, type ProjectionTableProps } from '../src/index.js';
import { expectRefused, IRELAND, inJavaScript, keyIn, LATER, newStack, streamArn } from './refusing.js';

describe('a projection table is refused with', () => {
  const cases: [string, string, ProjectionTableProps][] = [
    ['an ARN for a name', 'tableName', { tableName: 'arn:aws:dynamodb:eu-west-1:111122223333:table/views' }],
    ['a snapshot for a removal policy', 'removalPolicy', { removalPolicy: RemovalPolicy.SNAPSHOT }],
    ['text for a yes or no', 'deletionProtection', inJavaScript({ deletionProtection: 'false' })],
    ['an attribute for a yes or no', 'timeToLive', inJavaScript({ timeToLive: 'expiresAt' })],
    ['null for the encryption', 'encryption', inJavaScript({ encryption: null })],
    ['a prop of event tables', 'stream', inJavaScript({ stream: dynamodb.StreamViewType.NEW_IMAGE })],
  ];
  it.each(cases)('%s', (_, prop, props) =>
    expectRefused(() => new ProjectionTable(newStack(IRELAND), 'Views', props), prop),
  );

  it('a key of another region', () => {
    const stack = newStack(IRELAND);
    const encryption = dynamodb.TableEncryptionV2.customerManagedKey(keyIn(stack, 'eu-north-1'));
    expectRefused(() => new ProjectionTable(stack, 'Views', { encryption }), 'encryption.tableKey');
  });
});

describe('a table that exists is refused with', () => {
  const existing =
    (attributes: EventTableAttributes | ((stack: Stack) => EventTableAttributes), name = 'orders-events') =>
    () => {
      const stack = newStack(IRELAND);
      return EventTable.fromTableName(
        stack,
        'Existing',
        name,
        typeof attributes === 'function' ? attributes(stack) : attributes,
      );
    };

  it.each(['arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events', '', undefined])('the name %s', name => {
    const stack = newStack(IRELAND);
    expectRefused(() => EventTable.fromTableName(stack, 'Existing', name as string), 'tableName');
  });

  it.each([
    ['of another table', streamArn('eu-west-1', 'other-events')],
    ['of another region', streamArn('eu-central-1')],
    ['of another account', streamArn('eu-west-1', 'orders-events', '444455556666')],
    ['that is the table’s', 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events'],
    ['that is no ARN', 'orders-events'],
    ['that is empty', ''],
    ['of Kinesis', 'arn:aws:kinesis:eu-west-1:111122223333:stream/orders-events'],
  ])('the ARN of a stream %s', (_, arn) => {
    expectRefused(existing({ streamArn: arn }), 'attributes.streamArn');
  });

  it('a key of another region', () => {
    expectRefused(
      existing(stack => ({ encryptionKey: keyIn(stack, 'eu-north-1') })),
      'attributes.encryptionKey',
    );
  });

  it('an unknown layout, or an attribute that is misspelt', () => {
    // @ts-expect-error: not a layout
    expect(existing({ layout: 'one-table' })).toThrow(TypeError);
    // @ts-expect-error: there is no such attribute
    expectRefused(existing({ streamARN: streamArn('eu-west-1') }), 'attributes.streamARN');
  });

  it('nothing that is known only when it is deployed', () => {
    expect(existing({ streamArn: LATER }, LATER)).not.toThrow();
    expect(existing({ streamArn: streamArn('eu-west-1') }, LATER)).not.toThrow();
  });
});
