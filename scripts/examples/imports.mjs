// An example in a docstring imports nothing: the compiler says which names it does not know, and these are looked up in its own
// package, in the other packages, and in what stands around the examples.
import { SyntaxKind } from 'typescript/unstable/ast';
import { SymbolFlags } from 'typescript/unstable/sync';

// "Cannot find name", without and with a suggestion, and the same of a shorthand property.
const UNRESOLVED = [2304, 2552, 18004];

/** The names that a module uses and does not declare. */
export const unresolvedNames = (program, file) => {
  const { text } = program.getSourceFile(file);
  const unresolved = program.getSemanticDiagnostics(file).filter(({ code }) => UNRESOLVED.includes(code));
  return [...new Set(unresolved.map(({ pos, end }) => text.slice(pos, end).trim()))];
};

const isValue = (checker, symbol) => {
  const { flags } = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (flags & SymbolFlags.Value) !== 0;
};

/** What a module exports, each name with what an import of it is. */
export const exportsOf = ({ program, checker }, file, from) => {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  return new Map(
    checker.getExportsOfModule(module).map(symbol => {
      const type = isValue(checker, symbol) ? '' : 'type ';
      return [symbol.name, { from, specifier: `${type}${symbol.name}`, symbol }];
    }),
  );
};

/** What a module exports: what it has from a package is imported from there, the rest by the module's name. */
export const surroundingsOf = (project, file, from) => {
  const { statements } = project.program.getSourceFile(file);
  const passedOn = statements
    .filter(({ kind, moduleSpecifier }) => kind === SyntaxKind.ExportDeclaration && moduleSpecifier !== undefined)
    .flatMap(({ moduleSpecifier, exportClause }) =>
      exportClause.elements.map(({ name }) => [name.text, moduleSpecifier.text]),
    );
  const packages = new Map(passedOn);
  const names = exportsOf(project, file, from);
  for (const [name, origin] of names) origin.from = packages.get(name) ?? origin.from;
  return names;
};

/** The import declarations for names, of those that are known: one for each module. */
export const importsOf = (names, origins) => {
  const modules = {};
  for (const name of names) {
    const origin = origins.get(name);
    if (origin !== undefined) (modules[origin.from] ??= []).push(origin.specifier);
  }
  return Object.entries(modules).map(([from, specifiers]) => `import { ${specifiers.join(', ')} } from '${from}';`);
};
