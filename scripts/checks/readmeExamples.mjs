// The TypeScript in every README, on every page of the site and in every `@example` of a docstring compiles under the project's
// strict settings, and every public name is in one of them; CONTRIBUTING.md has the conventions.
import { indexExamples } from '../examples/index.mjs';
import { openExamples } from '../examples/project.mjs';

const examples = openExamples();
const { modules, program, publicNames } = examples;

const lineOf = (text, position) => text.slice(0, position).split('\n').length;

const messageOf = ({ code, text, messageChain = [] }, indent = '') =>
  [
    `${indent}${indent === '' ? `TS${code}: ` : ''}${text}`,
    ...messageChain.map(each => messageOf(each, `${indent}  `)),
  ].join('\n');

const problems = modules.flatMap(({ file, source }) => {
  const { text } = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    diagnostic => `${source}:${lineOf(text, diagnostic.pos)}: ${messageOf(diagnostic)}`,
  );
});
problems.push(...program.getProgramDiagnostics().map(diagnostic => messageOf(diagnostic)));

const index = indexExamples(examples);
problems.push(
  ...publicNames
    .filter(({ symbol }) => !index.has(symbol.id))
    .map(({ name, from }) => `${name} of ${from} is in no example: write an @example, or use it in one that is there.`),
);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
