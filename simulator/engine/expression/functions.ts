import { createHash } from 'node:crypto';
import type { Expression, Focus } from 'jsonata';
import { uuidFrom } from '../uuid.ts';
import { type Json, jsonTypeOf } from './json.ts';

/** Time and chance of the run that an expression is evaluated in. */
export interface ExpressionRuntime {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** A number in [0, 1). */
  random(): number;
}

/** Functions built into JSONata 2.0.6, https://docs.jsonata.org; `$eval` is not offered by Step Functions. */
export const jsonataFunctions: readonly string[] =
  // biome-ignore format: a list of names reads best in paragraphs
  [
    'abs', 'append', 'assert', 'average', 'base64decode', 'base64encode', 'boolean', 'ceil', 'clone', 'contains',
    'count', 'decodeUrl', 'decodeUrlComponent', 'distinct', 'each', 'encodeUrl', 'encodeUrlComponent', 'error',
    'exists', 'filter', 'floor', 'formatBase', 'formatInteger', 'formatNumber', 'fromMillis', 'join', 'keys', 'length',
    'lookup', 'lowercase', 'map', 'match', 'max', 'merge', 'millis', 'min', 'not', 'now', 'number', 'pad',
    'parseInteger', 'power', 'random', 'reduce', 'replace', 'reverse', 'round', 'shuffle', 'sift', 'single', 'sort',
    'split', 'spread', 'sqrt', 'string', 'substring', 'substringAfter', 'substringBefore', 'sum', 'toMillis', 'trim',
    'type', 'uppercase', 'zip',
  ];

/** Functions that Step Functions adds, https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html. */
export const stepFunctionsFunctions: readonly string[] = ['hash', 'parse', 'partition', 'random', 'range', 'uuid'];

/** Binding under which an evaluation carries its `ExpressionRuntime`; no JSONata variable can be spelt like it. */
export const runtimeBinding = '#runtime';

const hashAlgorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const runtimeOf = (focus: Focus): ExpressionRuntime => focus.environment.lookup(runtimeBinding);

/** Where a function takes an integer, the service rounds down what is none. */
const partition = (values: readonly Json[], chunkSize: number): Json[][] => {
  const size = Math.floor(chunkSize);
  if (size < 1) throw new Error(`$partition takes a chunk size of at least 1, got ${chunkSize}`);
  const chunks: Json[][] = [];
  for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
  return chunks;
};

const range = (from: number, to: number, delta: number): number[] => {
  const [first, last, step] = [Math.floor(from), Math.floor(to), Math.floor(delta)];
  if (step === 0) throw new Error(`$range takes a step other than 0, got ${delta}`);
  const values: number[] = [];
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) values.push(value);
  return values;
};

const hash = (content: string, algorithm: string): string => {
  const name = hashAlgorithms[algorithm];
  if (name === undefined) {
    throw new Error(`$hash knows ${Object.keys(hashAlgorithms).join(', ')}, not ${algorithm}`);
  }
  return createHash(name).update(content, 'utf8').digest('hex');
};

/** The same number for the same seed; the service's own sequence is not documented. */
const seededNumber = (seed: number): number =>
  createHash('sha256')
    .update(String(Math.floor(seed)))
    .digest()
    .readUInt32BE(0) / 0x1_0000_0000;

const parse = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`$parse was given text that is not JSON: ${error instanceof Error ? error.message : error}`);
  }
};

const shuffled = (values: readonly Json[] | Json, random: () => number): readonly Json[] | Json => {
  if (!Array.isArray(values)) return values;
  const copy: Json[] = [...values];
  for (let index = copy.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const moved = copy[index] ?? null;
    copy[index] = copy[other] ?? null;
    copy[other] = moved;
  }
  return copy;
};

/** Gives a compiled expression the functions of Step Functions, and the run's own time and chance. */
export const registerStepFunctionsFunctions = (expression: Expression): void => {
  expression.registerFunction('partition', partition, '<an:a<a>>');
  expression.registerFunction('range', range, '<nnn:a<n>>');
  expression.registerFunction('hash', hash, '<ss:s>');
  expression.registerFunction('parse', parse, '<s:x>');
  expression.registerFunction(
    'uuid',
    function (this: Focus) {
      const runtime = runtimeOf(this);
      return uuidFrom(() => runtime.random());
    },
    '<:s>',
  );
  expression.registerFunction(
    'random',
    function (this: Focus, seed?: number) {
      return seed === undefined ? runtimeOf(this).random() : seededNumber(seed);
    },
    '<n?:n>',
  );
  expression.registerFunction(
    'shuffle',
    function (this: Focus, values: readonly Json[]) {
      const runtime = runtimeOf(this);
      return shuffled(values, () => runtime.random());
    },
    '<a:a>',
  );
  expression.registerFunction(
    'millis',
    function (this: Focus) {
      return runtimeOf(this).nowMs();
    },
    '<:n>',
  );
  expression.registerFunction(
    'now',
    function (this: Focus, picture?: string, timezone?: string) {
      const fromMillis: { implementation(ms: number, picture?: string, timezone?: string): string } =
        this.environment.lookup('fromMillis');
      return fromMillis.implementation(runtimeOf(this).nowMs(), picture, timezone);
    },
    '<s?s?:s>',
  );
  expression.assign('eval', undefined);
};

/** Text for a value that has the wrong type, as the service words it. */
export const unexpectedType = (expected: string, value: Json): string =>
  `returned an unexpected result type. Expected '${expected}', but was '${jsonTypeOf(value)}' for value: ${JSON.stringify(value)}`;
