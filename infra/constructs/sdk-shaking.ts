import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** A name of a member, as the SDK's generator writes them at the head of a schema file: `const _hQ = "httpQuery";`. */
const constantPattern = /^const (_\w+) = ("[^"\\]*");$/gm;

/** A key that is such a name: `[_hQ]: 1`. */
const computedKeyPattern = /\[(_\w+)\]:/g;

/**
 * Writes keys that are constants as what they are: `{ [_hQ]: 1 }` becomes `{ "httpQuery": 1 }`. To compute a key may
 * have effects, so esbuild keeps every object with one, and with it the schemas of all operations that nobody calls.
 */
export const withLiteralKeys = (source: string): string => {
  const constants = new Map([...source.matchAll(constantPattern)].map(([, name = '', value = '']) => [name, value]));
  return source.replace(computedKeyPattern, (key, name: string) => {
    const value = constants.get(name);
    return value === undefined ? key : `${value}:`;
  });
};

/** What the SDK loads only for an operation with an event stream. No function calls one; S3's client needs it anyway. */
const eventStreams = /^@smithy\/core\/event-streams$/;

/** DynamoDB's client keeps endpoints here that it looked up by `DescribeEndpoints`, which is off by default. */
const endpointCache = /^@aws-sdk\/endpoint-cache$/;

/** Lets esbuild leave out what a bundle does not use of the AWS SDK: a tenth of one with Amazon S3. */
export const sdkShaking: Plugin = {
  name: 'sdk-shaking',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: eventStreams }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
    onResolve({ filter: endpointCache }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: endpointCache, namespace: 'unused' }, () => ({ contents: 'export class EndpointCache {}' }));
    onLoad({ filter: /[\\/]@aws-sdk[\\/].+[\\/]schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, 'utf8')),
      loader: 'js',
    }));
    // Of its own package.json a client says its version to the service, and reads nothing else.
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: { readonly version?: unknown } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
