// How to recognise each error, made from its class: by its code, and with its fields.
import { SymbolFlags } from 'typescript/unstable/sync';

const OF_EVERY_ERROR = ['name', 'message', 'stack', 'cause', 'code'];

const guardOf = (name, code, from, fields) => `import type { ${name} } from '${from}';

const is${name} = (error: unknown): error is ${name} =>
  (error as Partial<${name}> | undefined)?.code === '${code}';

export const report = (error: unknown): void => {
  if (is${name}(error)) console.error(${['message', ...fields].map(field => `error.${field}`).join(', ')});
};`;

/** Its code is a text of its own: bases of errors have none, and there is nothing to recognise them by. */
const codeOf = (checker, type) => {
  const code = checker.getPropertyOfType(type, 'code');
  const codeType = code && checker.getTypeOfSymbol(code);
  return codeType?.isStringLiteralType() ? codeType.value : undefined;
};

/** The example of each class of errors among public names, which some of several packages are. */
export const errorExamples = (checker, publicNames) =>
  publicNames
    .filter(({ symbol }, index) => publicNames.findIndex(other => other.symbol.id === symbol.id) === index)
    .filter(({ symbol }) => symbol.flags & SymbolFlags.Class)
    .flatMap(({ name, from, symbol }) => {
      const type = checker.getDeclaredTypeOfSymbol(symbol);
      const code = codeOf(checker, type);
      if (code === undefined || checker.getPropertyOfType(type, 'stack') === undefined) return [];
      const fields = checker
        .getPropertiesOfType(type)
        .filter(({ name: field, flags }) => !OF_EVERY_ERROR.includes(field) && !(flags & SymbolFlags.Method))
        .map(({ name: field }) => field);
      return [{ name, text: guardOf(name, code, from, fields.slice(0, 3)) }];
    });
