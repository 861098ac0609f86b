import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The result of one run of the terraform command. */
export interface TerraformRun {
  exitCode: number;
  /** What it printed, standard output and errors together. */
  output: string;
}

/** The terraform command. */
export interface TerraformCommands {
  /** Runs it in a folder. */
  run: (cwd: string, args: string[]) => Promise<TerraformRun>;
  /** The same. Returns the standard output, and throws what was printed if the command fails. */
  succeed: (cwd: string, args: string[]) => Promise<string>;
}

/**
 * Terraform with the AWS provider at hand: nothing is downloaded, and no account is reached. All commands share one process
 * of the provider.
 */
export interface Terraform extends TerraformCommands {
  /** A folder of its own for the configurations of this block of tests; deleted after them. */
  folder: string;
  /**
   * The same with an endpoint for all of AWS, and another process of the provider. Endpoints that a configuration names take
   * the provider three seconds of computing in each command; the one in its environment takes none.
   */
  at: (endpoint: string) => TerraformCommands;
  /** The same with a process for each `provider` block: those of two regions cannot share one. */
  withoutSharedProvider: TerraformCommands;
}

const PROVIDER = join('registry.terraform.io', 'hashicorp', 'aws');

const childrenOf = (folder: string): string[] => {
  try {
    return readdirSync(folder).map(name => join(folder, name));
  } catch {
    return [];
  }
};

/** The places in which provider mirrors and caches are usual; of /opt, one or two folders deep. */
const usualPlaces = (): string[] => {
  const inOpt = childrenOf('/opt').slice(0, 100);
  const config = process.platform === 'win32' ? join(process.env.APPDATA ?? homedir(), 'terraform.d') : undefined;

  return [
    ...(process.env.TF_PLUGIN_CACHE_DIR?.split(delimiter) ?? []),
    ...[config ?? join(homedir(), '.terraform.d')].flatMap(folder => [
      join(folder, 'plugins'),
      join(folder, 'plugin-cache'),
    ]),
    join(homedir(), '.local', 'share', 'terraform', 'plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    ...inOpt,
    ...inOpt.flatMap(folder => childrenOf(folder).slice(0, 20)),
  ];
};

const providersIn = (mirror: string): string[] =>
  childrenOf(join(mirror, PROVIDER))
    .flatMap(childrenOf)
    .flatMap(childrenOf)
    .filter(file => /[\\/]terraform-provider-aws_v[^\\/]*$/.test(file));

const hasTerraform = (): boolean => {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const findMirror = (): { mirror: string; provider: string | undefined } | { missing: string } => {
  if (!hasTerraform()) return { missing: 'the terraform command' };
  const mirror = usualPlaces().find(place => providersIn(place).length > 0);
  if (mirror === undefined) return { missing: 'the AWS provider of Terraform' };
  const [provider, ...others] = providersIn(mirror);

  // Of several, Terraform knows which one suits it.
  return { mirror, provider: others.length === 0 ? provider : undefined };
};

interface RunningProvider {
  /** What makes Terraform use it. */
  environment: Record<string, string>;
  process: ChildProcess;
}

/** Half of what a command costs is the start of its provider, so one runs for all commands of a block of tests. */
const startProvider = (program: string, env: Record<string, string>): Promise<RunningProvider | undefined> =>
  new Promise(resolve => {
    const provider = spawn(program, ['-debug'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    provider.stdout.on('data', data => {
      output += data;
      const [, reattach] = /TF_REATTACH_PROVIDERS='(\{.*\})'/.exec(output) ?? [];
      if (reattach !== undefined) {
        resolve({ environment: { TF_REATTACH_PROVIDERS: reattach }, process: provider });
      }
    });
    // Without it, each command starts its own.
    provider.on('error', () => resolve(undefined));
    provider.on('exit', () => resolve(undefined));
  });

/** The environment without what could lead to an account, or change what Terraform does. */
const neutralEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^(AWS|TF)_/.test(entry[0]),
    ),
  );

const openTerraform = (mirror: string, program: string | undefined): Terraform & { close: () => Promise<void> } => {
  const folder = mkdtempSync(join(tmpdir(), 'castore-dynamodb-terraform-'));
  const config = join(folder, 'terraform.rc');
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  const environment = {
    ...neutralEnvironment(),
    TF_CLI_CONFIG_FILE: config,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    TF_CLI_ARGS: '-no-color',
    AWS_EC2_METADATA_DISABLED: 'true',
    // A profile may ask for them, and neither goes together with the endpoint of an engine.
    AWS_USE_FIPS_ENDPOINT: 'false',
    AWS_USE_DUALSTACK_ENDPOINT: 'false',
    // Each command reads the provider's schemas: seconds of work, of which Go's garbage collector makes up much.
    GOGC: '400',
  };

  const providers: ReturnType<typeof startProvider>[] = [];

  const commandsOf = (variables: Record<string, string>, isShared: boolean): TerraformCommands => {
    let provider: ReturnType<typeof startProvider> | undefined;

    const execute = async (cwd: string, args: string[]) => {
      if (isShared && provider === undefined && program !== undefined) {
        provider = startProvider(program, { ...environment, ...variables });
        providers.push(provider);
      }
      const env = { ...environment, ...variables, ...(await provider)?.environment };
      return new Promise<TerraformRun & { stdout: string }>((resolve, reject) => {
        const options = { cwd, env, maxBuffer: 100 * 1024 * 1024 };
        execFile('terraform', args, options, (error, stdout, stderr) => {
          if (error && typeof error.code !== 'number') reject(error);
          else resolve({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr, stdout });
        });
      });
    };

    return {
      run: execute,
      succeed: async (cwd, args) => {
        const { exitCode, output, stdout } = await execute(cwd, args);
        if (exitCode !== 0) throw new Error(`terraform ${args.join(' ')} exited with ${exitCode}:\n${output}`);

        return stdout;
      },
    };
  };

  return {
    folder,
    ...commandsOf({}, true),
    at: endpoint => commandsOf({ AWS_ENDPOINT_URL: endpoint }, true),
    withoutSharedProvider: commandsOf({}, false),
    close: async () => {
      for (const provider of providers) (await provider)?.process.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/**
 * Runs the tests if the terraform command and its AWS provider are on this machine. Otherwise one skipped test says what
 * is missing, or fails if `REQUIRE_TERRAFORM` is set.
 */
export const describeWithTerraform = (name: string, tests: (terraform: Terraform) => void): void => {
  const found = findMirror();

  describe(name, () => {
    if ('mirror' in found) {
      const terraform = openTerraform(found.mirror, found.provider);
      tests(terraform);
      afterAll(() => terraform.close());
    } else if (process.env.REQUIRE_TERRAFORM) {
      it('finds Terraform', () => {
        throw new Error(`REQUIRE_TERRAFORM is set, and this machine lacks ${found.missing}.`);
      });
    } else {
      it.skip(`(skipped: the tests of the Terraform module need ${found.missing})`, () => undefined);
    }
  });
};
