import { compileFilters, type FilteredEvent, type Matcher } from '../filters/filters.js';

/** What a subscriber wants and may see. Subscribers that have the same share one, and what is made for it. */
export interface Interest {
  readonly id: number;
  readonly wants: Matcher;
}

/** What a client may see, as `authorize` said. */
export interface GrantedRights {
  /** The same for the same rights. */
  readonly key: string;
  readonly allows: Matcher;
}

export class Interests {
  readonly #interests = new Map<string, { interest: Interest; users: number }>();
  #lastId = 0;

  /** @throws InvalidArgumentError */
  take(filters: unknown, rights: GrantedRights): { interest: Interest; release: () => void } {
    // What is refused may be nested so deeply that JSON.stringify fails; what is not is flat.
    const matches = compileFilters(filters);
    const key = `${rights.key}\n${JSON.stringify(filters)}`;
    const known = this.#interests.get(key) ?? this.#create(key, matches, rights);
    known.users++;
    const release = (): void => {
      known.users--;
      if (known.users === 0) this.#interests.delete(key);
    };
    return { interest: known.interest, release };
  }

  #create(key: string, matches: Matcher, { allows }: GrantedRights) {
    const wants = (event: FilteredEvent): boolean => allows(event) && matches(event);
    const created = { interest: { id: ++this.#lastId, wants }, users: 0 };
    this.#interests.set(key, created);
    return created;
  }
}
