import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { BuildOptions, Metafile } from 'esbuild';
import { projectRoot } from '../project-root.ts';
import { sdkShaking } from './sdk-shaking.ts';

/** Where the code of a function comes from. */
export interface FunctionCode {
  /** @param entry module that exports `handler`, from the repository's root */
  codeOf(entry: string): Code;
}

/**
 * How a function is bundled: one ECMAScript module with everything in it, SDK included, so that what was tested is what
 * runs. Names are kept, because errors are matched by name. CommonJS packages (rhea) need a `require`.
 */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  legalComments: 'none',
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Sources of credentials that a function never has: Lambda hands it the role's as environment variables
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), which the SDK reads before all others. It
 * loads the rest when it gets there; left out, with the clients of STS and SSO that they bring, they are a fifth of a
 * bundle less to load and to keep up to date.
 */
export const unreachableCredentials = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
] as const;

const folderOf = (entry: string): string => basename(entry).replace(/\.handler\.ts$/, '');

/**
 * Every function's bundle, made in one run of esbuild: modules that many functions share are read once, which makes fifty
 * functions a matter of seconds; see docs/adr/0022-one-bundling-run.md. Folders are reused by all Regions of an app.
 */
export class Bundles implements FunctionCode {
  readonly #folder: string;
  readonly #entries: readonly string[];
  /** What esbuild bundled into which file, by its metafile. */
  readonly metafile: Metafile;

  private constructor(folder: string, entries: readonly string[], metafile: Metafile) {
    this.#folder = folder;
    this.#entries = entries;
    this.metafile = metafile;
  }

  /** @param entries modules that export `handler`, from the repository's root */
  static async of(entries: readonly string[]): Promise<Bundles> {
    const folder = mkdtempSync(join(tmpdir(), 'mq-dr-bundles-'));
    // Assets are copied when they are made; nobody needs the folder after the app has ended.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    // Loaded here, so that an app that brings its own code needs no bundler.
    const { build } = await import('esbuild');
    const { metafile } = await build({
      ...bundleOptions,
      external: [...unreachableCredentials],
      plugins: [sdkShaking],
      absWorkingDir: projectRoot,
      entryPoints: entries.map((entry) => ({ in: entry, out: join(folderOf(entry), 'index') })),
      outdir: folder,
      metafile: true,
    });
    return new Bundles(folder, entries, metafile);
  }

  /** Folder with the bundle of an entry. */
  folderOf(entry: string): string {
    if (!this.#entries.includes(entry)) throw new TypeError(`${entry} was not bundled`);
    return join(this.#folder, folderOf(entry));
  }

  /** The bundle of an entry. */
  fileOf(entry: string): string {
    return join(this.folderOf(entry), 'index.mjs');
  }

  codeOf(entry: string): Code {
    return Code.fromAsset(this.folderOf(entry));
  }
}
