import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventStore } from '@castore/core';
import { type EventTable, eventTableOf } from '@castore-dynamodb/adapter';
import type { EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';
import type { Projection } from '@castore-dynamodb/streams';

import type { CastoreDynamoDbConfig } from '../config/defineConfig.js';
import { loadConfig } from '../config/loadConfig.js';
import { UsageError } from '../errors.js';
import type { Answers } from './answers.js';
import { bareEventStore } from './bareEventStore.js';
import { type AwsOptions, environmentOf, newClient } from './client.js';
import { describeDeployedTable, layoutOf } from './deployedTable.js';
import { Destination } from './destination.js';
import type { ReadBudget } from './readBudget.js';
import { StreamsClients } from './streamsClients.js';

export interface ConnectionOptions extends AwsOptions {
  readonly table?: string | undefined;
  readonly config?: string | undefined;
}

export interface SessionParts {
  /** Instead of the one that is looked for. */
  readonly config?: CastoreDynamoDbConfig | undefined;
  readonly answers?: Answers | undefined;
}

/** What a command works on: the event stores of the configuration, or those that a table alone has. */
export class Session {
  readonly #options: ConnectionOptions;
  /** As the user gave it. */
  readonly #env: NodeJS.ProcessEnv;
  /** As the configuration finds it. */
  readonly #configEnv: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #budget: ReadBudget;
  readonly #answers: Answers | undefined;
  readonly #destination: Destination;
  readonly #streamsClients: StreamsClients;
  #config: Promise<CastoreDynamoDbConfig> | undefined;
  #ownClient: DynamoDBClient | undefined;
  readonly #otherClients: DynamoDBClient[] = [];

  constructor(
    options: ConnectionOptions,
    env: NodeJS.ProcessEnv,
    folder: string,
    budget: ReadBudget,
    { config, answers }: SessionParts = {},
  ) {
    this.#config = config && Promise.resolve(config);
    this.#options = options;
    this.#env = { ...env };
    this.#configEnv = env;
    this.#folder = folder;
    this.#budget = budget;
    this.#answers = answers;
    this.#destination = new Destination(options);
    this.#streamsClients = new StreamsClients(client => this.#watchClient(client));
  }

  config(): Promise<CastoreDynamoDbConfig> {
    this.#config ??= this.#loadConfig();
    return this.#config;
  }

  async #loadConfig(): Promise<CastoreDynamoDbConfig> {
    Object.assign(this.#configEnv, environmentOf(this.#options, this.#env));
    const load = () => loadConfig(this.#folder, this.#options.config);
    return this.#answers === undefined ? load() : this.#answers.notice('The configuration is not loaded yet', load);
  }

  /** The client of what is no event store of the configuration. */
  async client(): Promise<DynamoDBClient> {
    const { dynamoDbClient } = await this.config();
    const client = dynamoDbClient ?? this.#ownClient ?? newClient(this.#options, this.#env);
    if (client !== dynamoDbClient) this.#ownClient = client;
    this.#watchClient(client);
    return client;
  }

  /** A client for another account, region or endpoint. */
  otherClient(options: AwsOptions): DynamoDBClient {
    const client = newClient(options, this.#env);
    this.#budget.watch(client);
    this.#answers?.watch(client);
    this.#otherClients.push(client);
    return client;
  }

  /** @throws UsageError */
  async tableName(): Promise<string> {
    const tableName = this.#options.table ?? this.#env.CASTORE_DYNAMODB_TABLE ?? (await this.config()).tableName;
    if (!tableName) {
      throw new UsageError('Which table? Give --table, CASTORE_DYNAMODB_TABLE, or a configuration with a tableName.');
    }
    return tableName;
  }

  /**
   * The table that `tableName` names, with its layout, for which it is described.
   *
   * @throws UsageError if it is no event table.
   */
  async eventTable(): Promise<EventTable> {
    const [tableName, dynamoDbClient] = await Promise.all([this.tableName(), this.client()]);
    const layout = layoutOf(await describeDeployedTable(dynamoDbClient, tableName));
    if (layout !== undefined) return { tableName, dynamoDbClient, layout };
    throw new UsageError(
      `The table ${JSON.stringify(tableName)} is not an event table: its keys, or those of its index initialEvents, are different.`,
    );
  }

  /**
   * An event store by its id. One of the configuration's has reducers and transformations; any other has the events as
   * they are stored, in the table of which the layout is asked with one DescribeTable.
   *
   * @throws UsageError
   */
  async eventStore(eventStoreId: string): Promise<EventStore> {
    return (
      ((await this.configuredEventStore(eventStoreId)) as EventStore | undefined) ?? this.#bareEventStore(eventStoreId)
    );
  }

  /** The configuration's; none if `--table` says to look elsewhere. */
  async configuredEventStores(): Promise<readonly (EventStore | EventStoreWithSnapshots<EventStore>)[]> {
    const { eventStores = [] } = await this.config();
    if (this.#options.table !== undefined) return [];
    for (const eventStore of eventStores) this.#watch(eventStore as EventStore);
    return eventStores;
  }

  /** The configuration's. */
  async projections(): Promise<readonly Projection[]> {
    const { projections = [], eventStores = [] } = await this.config();
    for (const eventStore of eventStores) this.#watch(eventStore as EventStore);
    for (const { projectionTable } of projections) {
      if (projectionTable !== undefined) this.#watchClient(projectionTable.dynamoDbClient);
    }
    return projections;
  }

  /**
   * A projection of the configuration.
   *
   * @throws UsageError
   */
  async projection(name: string): Promise<Projection> {
    const projections = await this.projections();
    const projection = projections.find(each => each.name === name);
    if (projection === undefined) {
      const names = projections.map(each => each.name).join(', ');
      throw new UsageError(
        `The configuration has no projection ${JSON.stringify(name)}.${names === '' ? '' : ` It has: ${names}.`}`,
      );
    }
    return projection;
  }

  /** For the stream of a table, with the same account, region and endpoint. */
  streamsClient(dynamoDbClient: DynamoDBClient): Promise<DynamoDBStreamsClient> {
    return this.#streamsClients.get(dynamoDbClient);
  }

  /**
   * The tables of event stores of the configuration, each once.
   *
   * @throws UsageError
   */
  async tablesOf(eventStoreIds: readonly string[]): Promise<EventTable[]> {
    const { eventStores = [] } = await this.config();
    const tables = new Map<string, EventTable>();
    for (const eventStore of eventStores) {
      if (!eventStoreIds.includes(eventStore.eventStoreId)) continue;
      const table = this.#watch(eventStore as EventStore);
      if (table !== undefined) tables.set(table.tableName, table);
    }
    return [...tables.values()];
  }

  /** An event store of the configuration, unless `--table` says to look elsewhere. */
  async configuredEventStore(
    eventStoreId: string,
  ): Promise<EventStore | EventStoreWithSnapshots<EventStore> | undefined> {
    const { eventStores = [] } = await this.config();
    if (this.#options.table !== undefined) return undefined;
    const configured = eventStores.find(each => each.eventStoreId === eventStoreId);
    if (configured !== undefined) this.#watch(configured as EventStore);
    return configured;
  }

  #watchClient(client: DynamoDBClient | DynamoDBStreamsClient): void {
    this.#budget.watch(client);
    this.#answers?.watch(client);
    this.#destination.watch(client);
  }

  #watch(eventStore: EventStore): EventTable | undefined {
    const table = eventTableOf(eventStore.getEventStorageAdapter());
    if (table !== undefined) this.#watchClient(table.dynamoDbClient);
    return table;
  }

  async #bareEventStore(eventStoreId: string): Promise<EventStore> {
    return bareEventStore(await this.eventTable(), eventStoreId);
  }

  /** For work that counts errors instead of throwing them. @throws ReadBudgetError if the budget is used up */
  checkReadBudget(): void {
    this.#budget.check();
  }

  /** Runs work that only reads, with a budget of its own beside the session's. */
  runPart<RESULT>(part: ReadBudget, work: () => RESULT): RESULT {
    return this.#budget.runPart(part, work);
  }

  /** Lets go of the connections, so that the process can end. */
  close(): void {
    this.#budget.close();
    this.#answers?.close();
    this.#destination.close();
    for (const client of [this.#ownClient, ...this.#otherClients]) client?.destroy();
    this.#streamsClients.destroy();
  }
}
