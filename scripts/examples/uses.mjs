// Which examples use which public names: by the compiler's symbols and types, not by words.
import { SyntaxKind } from 'typescript/unstable/ast';
import { SymbolFlags } from 'typescript/unstable/sync';

const IMPORTS = [SyntaxKind.ImportDeclaration, SyntaxKind.ExportDeclaration];

/** Every node of a file but its imports. */
const nodesOf = node => {
  const nodes = [];
  node.forEachChild(child => {
    if (IMPORTS.includes(child.kind)) return;
    nodes.push(child, ...nodesOf(child));
  });
  return nodes;
};

const isIdentifier = ({ kind }) => kind === SyntaxKind.Identifier;

/** What a literal or a value is given for: an argument, a member of an object, a variable with a type. */
const isGiven = node => {
  const { parent } = node;
  if (parent.kind === SyntaxKind.CallExpression || parent.kind === SyntaxKind.NewExpression)
    return parent.expression !== node;
  return GIVEN_TO.includes(parent.kind) && parent.name !== node;
};

const GIVEN_TO = [
  SyntaxKind.PropertyAssignment,
  SyntaxKind.ShorthandPropertyAssignment,
  SyntaxKind.VariableDeclaration,
  SyntaxKind.ArrayLiteralExpression,
  SyntaxKind.SatisfiesExpression,
  SyntaxKind.ReturnStatement,
  SyntaxKind.ArrowFunction,
  SyntaxKind.ParenthesizedExpression,
  SyntaxKind.ConditionalExpression,
];

/** Has a type without being a name: a call, or what is taken apart at once. */
const HAVING = [
  SyntaxKind.CallExpression,
  SyntaxKind.NewExpression,
  SyntaxKind.Parameter,
  SyntaxKind.VariableDeclaration,
];

/** The best example of a name says it; the next best gives something of that type, the last has something of that type. */
const RANKS = { said: 0, given: 1, had: 2 };

export class Uses {
  #checker;
  #aliased = new Map();

  constructor(checker) {
    this.#checker = checker;
  }

  /** Each symbol that a file uses, with the place and the rank of its use. */
  in(sourceFile) {
    const nodes = nodesOf(sourceFile);
    const identifiers = nodes.filter(isIdentifier);
    return [
      ...this.#said(identifiers),
      ...this.#given(nodes.filter(isGiven)),
      ...this.#membersGiven(nodes.filter(({ kind }) => kind === SyntaxKind.ObjectLiteralExpression)),
      ...this.#had([...identifiers, ...nodes.filter(({ kind }) => HAVING.includes(kind))]),
    ];
  }

  #said(nodes) {
    return this.#checker
      .getSymbolAtLocation(nodes)
      .flatMap((symbol, index) =>
        symbol === undefined ? [] : [{ symbol: this.resolve(symbol), node: nodes[index], rank: RANKS.said }],
      );
  }

  #given(nodes) {
    const types = this.#checker.getTypeAtLocation(nodes);
    return nodes.flatMap((node, index) =>
      this.#symbolsOf(this.#checker.getContextualType(node), {
        isPart: part => types[index] === undefined || this.#checker.isTypeAssignableTo(types[index], part),
      }).map(symbol => ({ symbol, node, rank: RANKS.given })),
    );
  }

  /** What declares the members that an object gives: options may have them from others. */
  #membersGiven(objects) {
    return objects.flatMap(node => {
      const type = this.#checker.getContextualType(node);
      const names = node.properties.map(({ name }) => name?.text).filter(name => name !== undefined);
      if (type === undefined) return [];
      const declaring = names.map(name => this.#checker.getPropertyOfType(type, name)?.getParent());
      return declaring.filter(symbol => symbol !== undefined).map(symbol => ({ symbol, node, rank: RANKS.given }));
    });
  }

  #had(nodes) {
    return this.#checker
      .getTypeAtLocation(nodes)
      .flatMap((type, index) => this.#symbolsOf(type).map(symbol => ({ symbol, node: nodes[index], rank: RANKS.had })));
  }

  /**
   * What a type is called by, and what it is put together of: an intersection, the type arguments of a promise or a list, and
   * those parts of a union that count.
   */
  #symbolsOf(type, { depth = 2, isPart = () => true } = {}) {
    if (type === undefined) return [];
    const parts = type.isUnionType() ? type.getTypes().filter(isPart) : [];
    const all = type.isIntersectionType() ? type.getTypes() : [];
    const typeArguments = depth > 0 ? this.#typeArgumentsOf(type) : [];
    return [
      type.getAliasSymbol(),
      type.getSymbol(),
      ...[...parts, ...all].flatMap(part => this.#symbolsOf(part, { depth })),
      ...typeArguments.flatMap(argument => this.#symbolsOf(argument, { depth: depth - 1 })),
    ].filter(symbol => symbol !== undefined);
  }

  #typeArgumentsOf(type) {
    const ofReference = type.isTypeReference() ? this.#checker.getTypeArguments(type) : [];
    return [...ofReference, ...type.getAliasTypeArguments()];
  }

  /** The symbol that an import or an export stands for. */
  resolve(symbol) {
    if (!(symbol.flags & SymbolFlags.Alias)) return symbol;
    if (!this.#aliased.has(symbol.id)) this.#aliased.set(symbol.id, this.#checker.getAliasedSymbol(symbol));
    return this.#aliased.get(symbol.id);
  }
}
