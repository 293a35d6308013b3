import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** What the package is made of and built with. */
const sources = [
  'LICENSE',
  'README.md',
  'cli',
  'docs',
  'functions',
  'infra',
  'package.json',
  'statemachines',
  'tools',
  'tsconfig.build.json',
  'tsconfig.json',
] as const;

/** Runs a program to its end in a folder. @returns its standard output; throws for another exit code than 0 */
const run = (folder: string, command: string, input: readonly string[]): string =>
  execFileSync(command, input, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A project of somebody else's, outside of the repository, that has the package as `npm pack` makes it. */
export class PackedProject {
  /** Without symbolic links, as tools print it. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'mq-dr-packed-')));

  constructor() {
    // Packed from a copy: two of these would otherwise build into one dist/ at the same time.
    const copy = mkdtempSync(join(tmpdir(), 'mq-dr-copy-'));
    for (const source of sources) cpSync(join(root, source), join(copy, source), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const [packed] = JSON.parse(
      run(copy, 'npm', ['pack', '--json', '--silent', '--pack-destination', this.folder]),
    ) as readonly { readonly filename: string }[];
    rmSync(copy, { recursive: true });
    mkdirSync(join(this.folder, 'node_modules/mq-dr'), { recursive: true });
    this.run('tar', ['-xzf', packed?.filename ?? '', '-C', 'node_modules/mq-dr', '--strip-components=1']);
    this.write('package.json', '{"type":"module"}');
  }

  /** Puts a package of the repository into the project. */
  link(name: string): void {
    const target = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), target);
  }

  unlink(name: string): void {
    rmSync(join(this.folder, 'node_modules', name));
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }

  run(command: string, input: readonly string[]): string {
    return run(this.folder, command, input);
  }

  /** Checks programs of the project with strict types. @returns what the compiler says; throws when it is not content */
  typecheck(files: readonly string[], options: { readonly module: string; readonly moduleResolution: string }): string {
    const compilerOptions = { target: 'ES2023', strict: true, noEmit: true, skipLibCheck: true, ...options };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] }, files }));
    return this.run(join(root, 'node_modules/.bin/tsc'), ['-p', '.']);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
