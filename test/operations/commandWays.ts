import { Command } from '@castore/core';
import { runOnce } from '@castore-dynamodb/commands';

import { newName, type Scene, type Way } from './scene.js';

/** Commands that act once. */
export const commandWays = ({ eventStore, dynamoDbClient, event, tables }: Scene) =>
  ({
    runOnce: async () => {
      const aggregateId = newName('pikachu');
      const commandOf = (commandId: string, isPushing: boolean) =>
        runOnce({
          command: new Command({
            commandId,
            requiredEventStores: [eventStore],
            handler: async (_: unknown, [store]) => {
              if (isPushing) await store?.pushEvent(event(aggregateId, 1));
            },
          }),
          tableName: tables.projectionTable,
          dynamoDbClient,
          key: () => aggregateId,
          days: 1,
        });
      const commands = [commandOf('CATCH', true), commandOf('CATCH', true), commandOf('LOOK', false)];
      return async () => {
        for (const command of commands) await command.handler({}, [eventStore]);
      };
    },
  }) satisfies Record<string, Way>;
