/** Where a view lives: what errors about one view have in common. */
export interface ViewLocation {
  readonly projection: string;
  readonly key: string;
}

export const describeView = ({ projection, key }: ViewLocation): string =>
  `view ${JSON.stringify(key)} of projection ${JSON.stringify(projection)}`;
