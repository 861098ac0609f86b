import { unsynthesizedApp } from '@castore-dynamodb/testing/synthesis';
import { Stack, type StackProps, Token } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';

import { InvalidEventTablePropsError } from '../src/index.js';

export const IRELAND: StackProps = { env: { account: '111122223333', region: 'eu-west-1' } };
export const newStack = (props?: StackProps) => new Stack(unsynthesizedApp(), 'Stack', props);
export const keyArn = (region: string) => `arn:aws:kms:${region}:111122223333:key/of-${region}`;
export const keyIn = (stack: Stack, region: string) => kms.Key.fromKeyArn(stack, 'Key', keyArn(region));
export const streamArn = (region: string, table = 'orders-events', account = '111122223333') =>
  `arn:aws:dynamodb:${region}:${account}:table/${table}/stream/2026-11-21T00:00:00.000`;
/** What is known when it is deployed, and not now. */
export const LATER = Token.asString({ Ref: 'Parameter' });
export const LATER_NUMBER = Token.asNumber({ Ref: 'Parameter' });

export const expectRefused = (act: () => unknown, prop: string, why = ''): void => {
  const message = expect.stringContaining(why === '' ? `Invalid ${prop}: ` : why);
  expect(act).toThrow(
    expect.objectContaining({
      constructor: InvalidEventTablePropsError,
      code: 'InvalidEventTableProps',
      prop,
      message,
    }),
  );
};

/** What TypeScript does not let through. */
export const inJavaScript = (props: object): object => props;
