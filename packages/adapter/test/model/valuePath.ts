export type Steps = (string | number)[];

const STEP = /^(?:\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([A-Za-z_$][\w$]*))/;

/** Reads a path of an error (`payload.items[2]["unit price"]`) back into its steps. */
export const parseValuePath = (text: string): Steps => {
  const steps: Steps = [];
  for (let rest = text; rest !== ''; ) {
    const match = STEP.exec(rest);
    if (match === null) throw new Error(`Not a path from here: ${rest}`);
    const [step, index, quoted, name] = match;
    steps.push(index === undefined ? ((quoted === undefined ? name : JSON.parse(quoted)) as string) : Number(index));
    rest = rest.slice(step.length);
  }
  return steps;
};
