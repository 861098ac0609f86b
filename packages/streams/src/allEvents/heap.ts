/** Elements of which the smallest can be taken; a binary heap. */
export class Heap<ELEMENT> {
  readonly #elements: ELEMENT[] = [];

  /** @param compare Negative if the first is smaller. */
  constructor(readonly compare: (left: ELEMENT, right: ELEMENT) => number) {}

  get size(): number {
    return this.#elements.length;
  }

  get smallest(): ELEMENT | undefined {
    return this.#elements[0];
  }

  push(element: ELEMENT): void {
    const elements = this.#elements;
    let index = elements.push(element) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.compare(element, elements[parent] as ELEMENT) >= 0) break;
      elements[index] = elements[parent] as ELEMENT;
      index = parent;
    }
    elements[index] = element;
  }

  pop(): ELEMENT | undefined {
    const elements = this.#elements;
    const [smallest] = elements;
    const last = elements.pop() as ELEMENT;
    if (elements.length > 0) this.#sink(last);
    return smallest;
  }

  #sink(element: ELEMENT): void {
    const elements = this.#elements;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= elements.length) break;
      const right = child + 1;
      if (right < elements.length && this.compare(elements[right] as ELEMENT, elements[child] as ELEMENT) < 0)
        child = right;
      if (this.compare(element, elements[child] as ELEMENT) <= 0) break;
      elements[index] = elements[child] as ELEMENT;
      index = child;
    }
    elements[index] = element;
  }
}
