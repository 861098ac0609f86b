import type { CommandNode, OptionNode } from './commandTree.js';

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The script for fish. It knows every command and option, so that no program is started when somebody presses Tab. */
export const fishScript = (program: string, nodes: readonly CommandNode[]): string => {
  const path = `__${program.replaceAll('-', '_')}_path`;
  const withValue = nodes
    .flatMap(node => node.options)
    .filter(({ takesValue }) => takesValue)
    .flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]));
  const paths = nodes.flatMap(node => (node.path === '' ? [] : [node.path]));
  const lines = nodes.flatMap(node => {
    const start = `complete -c ${program} -n ${quote(`test (${path}) = ${quote(node.path)}`)}`;
    return [
      ...node.commands.map(({ name, description }) => `${start} -a ${quote(name)} -d ${quote(description)}`),
      ...node.options.map(option => `${start} ${optionOf(option)}`),
      `${start} -l help -d 'help, with an example'`,
    ];
  });
  return `# Completion of ${program} for fish.
function ${path}
    set -l path ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word ${[...new Set(withValue)].join(' ')}
            set skip 1
        else if contains -- (string trim -- "$path $word") ${paths.map(quote).join(' ')}
            set path (string trim -- "$path $word")
        end
    end
    echo $path
end
complete -c ${program} -f
${lines.join('\n')}
`;
};

const optionOf = ({ long, short, description, takesValue, choices, isFile }: OptionNode): string =>
  [
    `-l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(isFile ? ['-r -F'] : takesValue ? ['-x'] : []),
    ...(choices.length > 0 ? [`-a ${quote(choices.join(' '))}`] : []),
    `-d ${quote(description)}`,
  ].join(' ');
