import type { CommandNode, OptionNode } from './commandTree.js';

/** Single quotes take everything as it is. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const flagsOf = ({ long, short }: OptionNode): string[] => (short === undefined ? [long] : [short, long]);

/** A pattern of `case` for any of the texts. */
const anyOf = (texts: readonly string[]): string => texts.map(quote).join('|');

const unique = <VALUE>(values: readonly VALUE[]): VALUE[] => [...new Set(values)];

/**
 * The script for bash, which zsh runs too. It knows every command and option, so that no program is started and nothing of
 * the line is evaluated when somebody presses Tab.
 */
export const bashScript = (program: string, nodes: readonly CommandNode[]): string => {
  const name = `_${program.replaceAll('-', '_')}`;
  const options = nodes.flatMap(node => node.options);
  const withValue = unique(options.filter(({ takesValue }) => takesValue).flatMap(flagsOf));
  const withFile = unique(options.filter(({ isFile }) => isFile).flatMap(flagsOf));
  const withChoices = nodes.flatMap(({ path, options: own }) =>
    own
      .filter(({ choices }) => choices.length > 0)
      .map(option => {
        const patterns = flagsOf(option).map(flag => `${path} ${flag}`);
        return `    ${anyOf(patterns)}) words=${quote(option.choices.join(' '))} ;;`;
      }),
  );
  const paths = nodes.flatMap(({ path }) => (path === '' ? [] : [path]));
  const words = nodes.flatMap(({ path, commands, options: own }) => [
    `    ${quote(path)})`,
    `      words=${quote(commands.map(each => each.name).join(' '))}`,
    `      [[ $current == -* ]] && words=${quote([...own.flatMap(flagsOf), '--help'].join(' '))}`,
    '      ;;',
  ]);
  return `# Completion of ${program} for bash and zsh.
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" path="" words="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      ${anyOf(withValue)}) ((i++)) ;;
      *)
        case "\${path:+$path }$word" in
          ${anyOf(paths)}) path="\${path:+$path }$word" ;;
        esac
        ;;
    esac
  done
  COMPREPLY=()
  case "$previous" in
    ${anyOf(withFile)})
      COMPREPLY=($(compgen -f -- "$current"))
      return
      ;;
  esac
  case "$path $previous" in
${withChoices.join('\n')}
    *) case "$previous" in ${anyOf(withValue)}) return ;; esac ;;
  esac
  [[ -n $words ]] || case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F ${name} ${program}
`;
};

/** zsh takes bash's completions after this. */
export const zshScript = (program: string, nodes: readonly CommandNode[]): string => `autoload -Uz compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
${bashScript(program, nodes)}`;
