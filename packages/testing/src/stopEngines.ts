/** Jest's global tear-down. Where a run is killed before it gets here, the engines end by themselves. */
export default async (): Promise<void> => {
  await Promise.all(globalThis.startedEngines.map(engine => engine.stop()));
};
