import { deepStrictEqual, fail } from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

import { EventStore, type GroupedEvent } from '@castore/core';

import {
  type EventStoreWithSnapshots,
  type SnapshotError,
  type SnapshotPolicy,
  type SnapshotStorage,
  type TransactionalSnapshotStorage,
  withSnapshots,
} from '../../src/index.js';
import { newPokemons, type Pokemon, type PokemonEvent, type Pokemons } from '../pokemons.js';
import type { Fault, Step } from './programs.js';

/** Where a program runs: an event store and a storage, both of which others use as well. */
export interface System {
  readonly eventStore: Pokemons;
  readonly storage: SnapshotStorage;
  /** The same storage, if snapshots are to be written in the transaction of their events. */
  readonly transactional?: TransactionalSnapshotStorage | undefined;
  /** Goes back to the events up to a version, as restoring a table does; undefined if that cannot be done here. */
  readonly restore?: (aggregateId: string, events: readonly PokemonEvent[]) => Promise<void>;
}

interface Program {
  readonly policy: SnapshotPolicy;
  readonly memory: { cacheBytes: number | undefined; isStored: boolean; isInPlace: boolean };
  readonly steps: readonly Step[];
  readonly delays: Iterator<number>;
}

/** Runs a program on an aggregate, and compares every load with a full replay of the same reducer. */
export const runProgram = async (system: System, aggregateId: string, program: Program): Promise<void> => {
  const run = new Run(system, aggregateId, program);
  for (const step of program.steps) await run.step(step);
  await run.settle();
  await run.load({});
};

class Run {
  readonly #system: System;
  readonly #aggregateId: string;
  readonly #program: Program;
  /** What the event store holds. */
  #events: PokemonEvent[] = [];
  #clock = 0;
  #fault: Fault = 'none';
  #deployed: { plain: Pokemons; pokemons: EventStoreWithSnapshots<Pokemons> };
  readonly #retired: EventStoreWithSnapshots<Pokemons>[] = [];

  constructor(system: System, aggregateId: string, program: Program) {
    this.#system = system;
    this.#aggregateId = aggregateId;
    this.#program = program;
    this.#deployed = this.#deploy(0);
  }

  async step(step: Step): Promise<void> {
    if (step.do === 'push' || step.do === 'pushGroup') await this.#push(step);
    else if (step.do === 'load') await this.load({});
    else if (step.do === 'loadVersion') await this.load({ maxVersion: Math.max(1, this.#indexAt(step.place)) });
    else if (step.do === 'loadInstant') await this.load({ at: instantOf(step.place * this.#clock) });
    else await this.#change(step);
  }

  async #push(step: Step & { do: 'push' | 'pushGroup' }): Promise<void> {
    if (step.do === 'pushGroup') return this.#pushGroup(step.count);
    for (let left = step.count; left > 0; left--) {
      this.#events.push((await this.#deployed.pokemons.pushEvent(this.#nextEvent())).event);
    }
  }

  /** What changes the circumstances under which aggregates are loaded. */
  async #change(step: Exclude<Step, { do: `push${string}` | `load${string}` }>): Promise<void> {
    switch (step.do) {
      case 'settle':
        return this.#deployed.pokemons.snapshots.settled();
      case 'deploy':
        this.#retired.push(this.#deployed.pokemons);
        this.#deployed = this.#deploy(step.reducerVersion);
        return;
      case 'fault':
        this.#fault = step.fault;
        this.#isGarbled ||= step.fault === 'reads-are-garbled';
        return;
      case 'overwrite':
        return this.#overwrite(this.#indexAt(step.place));
      case 'restore':
        return this.#restore(this.#indexAt(step.place));
      case 'maintain':
        return this.#maintain(step.how);
    }
  }

  #indexAt(place: number): number {
    return Math.floor(place * this.#events.length);
  }

  /** Two stores of one reducer: with snapshots, and without. */
  #deploy(reducerVersion: number) {
    const plain = newPokemons(this.#system.eventStore.getEventStorageAdapter());
    const { reducer } = plain;
    plain.reducer = (pokemon, event) => {
      const next = reducer(pokemon, event);
      next.level *= reducerVersion + 1;
      return this.#program.memory.isInPlace && pokemon !== undefined ? Object.assign(pokemon, next) : next;
    };
    plain.buildAggregate = (events, aggregate) => events.reduce(plain.reducer, aggregate as Pokemon);
    return { plain, pokemons: this.#open(plain, String(reducerVersion)) };
  }

  #open(plain: Pokemons, reducerVersion: string): EventStoreWithSnapshots<Pokemons> {
    const { policy, memory } = this.#program;
    const common = { reducerVersion, onSnapshotError: (error: SnapshotError) => this.#expectFault(error) };
    const cache = memory.cacheBytes === undefined ? undefined : { maxBytes: memory.cacheBytes };
    if (cache !== undefined && !memory.isStored) return withSnapshots(plain, { ...common, cache });
    const storage = this.#faultyStorage();
    return withSnapshots(plain, {
      ...common,
      ...('toPut' in storage ? { storage, transactional: true } : { storage }),
      ...(cache && { cache }),
      policy,
    });
  }

  #faultyStorage(): SnapshotStorage | TransactionalSnapshotStorage {
    const { storage, transactional } = this.#system;
    const delay = async () => {
      for (let left = this.#program.delays.next().value as number; left > 0; left--) await setImmediate();
    };
    const refuseWrite = async () => {
      await delay();
      if (this.#fault === 'writes-fail') throw new Error('no write');
    };
    const faulty: SnapshotStorage = {
      getSnapshot: async (series, maxVersion) => {
        const fault = this.#fault;
        await delay();
        if (fault === 'reads-fail') throw new Error('no read');
        const snapshot = await storage.getSnapshot(series, fault === 'reads-are-old' ? 1 : maxVersion);
        await delay();
        if (snapshot === undefined || fault !== 'reads-are-garbled') return snapshot;
        return { ...snapshot, state: snapshot.state.subarray(0, snapshot.state.length / 2) };
      },
      putSnapshot: async snapshot => {
        await refuseWrite();
        await storage.putSnapshot(snapshot);
        // It was written, and nobody knows.
        if (this.#fault === 'answers-are-lost') throw new Error('no write');
      },
      deleteSnapshots: async (aggregate, selection) => {
        await delay();
        return storage.deleteSnapshots(aggregate, selection);
      },
    };
    if (transactional === undefined) return faulty;
    return {
      ...faulty,
      toPut: async snapshot => {
        await refuseWrite();
        return transactional.toPut(snapshot);
      },
      applyRetention: snapshot => transactional.applyRetention(snapshot),
    };
  }

  /** Nothing is reported that the program did not cause. */
  #expectFault(error: SnapshotError): void {
    const { code, message = '' } = (error.cause ?? {}) as { code?: string; message?: string };
    const reported = error.code === 'SnapshotIgnoredError' ? error.reason : (code ?? message);
    const expected = [
      /^no (read|write)$/,
      ...(this.#program.memory.cacheBytes === 1_500 ? [/^SnapshotTooLargeError$/] : []),
      ...(this.#isGarbled ? [/^unreadable$/] : []),
      ...(this.#isRestored ? [/^(ahead-of-events|other-events|IncompleteHistoryError)$/] : []),
    ];
    // Thrown here, it would be taken for a failure of the callback and end as a warning.
    if (!expected.some(pattern => pattern.test(reported))) this.#unexpected.push(error);
  }

  #isRestored = false;
  #isGarbled = false;
  readonly #unexpected: SnapshotError[] = [];

  /** Every event is another one, at a time of its own; now and then the clock runs backwards. */
  #nextEvent(version = this.#events.length + 1): PokemonEvent {
    this.#clock += 1;
    const timestamp = instantOf(this.#clock % 5 === 0 ? this.#clock - 2.5 : this.#clock);
    const common = { aggregateId: this.#aggregateId, version, timestamp };
    if (version === 1) return { ...common, type: 'POKEMON_APPEARED', payload: { name: 'Pikachu', level: this.#clock } };
    return this.#clock % 7 === 0
      ? { ...common, type: 'POKEMON_RELEASED' }
      : { ...common, type: 'POKEMON_LEVELED_UP', payload: { by: this.#clock }, metadata: { by: 'ash' } };
  }

  async #pushGroup(count: number): Promise<void> {
    const { timestamp } = this.#nextEvent();
    const events = Array.from({ length: count }, (_, index) => ({
      ...this.#nextEvent(this.#events.length + 1 + index),
      timestamp,
    }));
    const group = events.map(event => this.#deployed.pokemons.groupEvent(event));
    const { eventGroup } = await EventStore.pushEventGroup(...(group as unknown as [GroupedEvent, GroupedEvent]));
    this.#events.push(...eventGroup.map(({ event }) => event as PokemonEvent));
  }

  async #overwrite(index: number): Promise<void> {
    if (this.#events[index] === undefined) return;
    await this.settle();
    const { event } = await this.#deployed.pokemons.pushEvent(this.#nextEvent(index + 1), { force: true });
    this.#events[index] = event;
  }

  async #restore(length: number): Promise<void> {
    if (this.#system.restore === undefined) return;
    this.#isRestored = true;
    this.#events = this.#events.slice(0, length);
    await this.#system.restore(this.#aggregateId, this.#events);
    this.#deployed.plain.eventStorageAdapter = this.#system.eventStore.getEventStorageAdapter();
  }

  async #maintain(how: 'build' | 'deleteOutdated' | 'deleteOf'): Promise<void> {
    const { snapshots } = this.#deployed.pokemons;
    if (how === 'deleteOf') await snapshots.deleteOf(this.#aggregateId);
    else if (this.#isStored) for await (const _ of snapshots[how]()) continue;
  }

  async load(options: { maxVersion?: number; at?: string }): Promise<void> {
    const { plain, pokemons } = this.#deployed;
    const maxVersion = Math.min(options.maxVersion ?? Infinity, this.#versionAt(options.at));
    const replayed = this.#events.slice(0, maxVersion);

    const { aggregate, events, lastEvent, snapshot } = await pokemons.getAggregate(this.#aggregateId, options);

    deepStrictEqual(aggregate, plain.buildAggregate(replayed));
    deepStrictEqual(lastEvent, replayed.at(-1));
    deepStrictEqual(events, replayed.slice(snapshot?.version ?? 0));
    if (this.#unexpected.length > 0) fail(this.#unexpected[0]);
    // Whoever has an aggregate may change it: the next load must not see that.
    if (aggregate !== undefined) Object.assign(aggregate, { level: -1, history: aggregate.history.fill('changed') });
  }

  get #isStored(): boolean {
    const { cacheBytes, isStored } = this.#program.memory;
    return isStored || cacheBytes === undefined;
  }

  #versionAt(at: string | undefined): number {
    if (at === undefined) return Infinity;
    return this.#events.findLastIndex(({ timestamp }) => timestamp <= at) + 1;
  }

  async settle(): Promise<void> {
    for (const { snapshots } of [this.#deployed.pokemons, ...this.#retired]) await snapshots.settled();
  }
}

/** A program's clock counts minutes. */
const instantOf = (minutes: number): string => new Date(Date.UTC(2026) + minutes * 60_000).toISOString();
