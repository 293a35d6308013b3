/**
 * What a policy's pattern says about a name. RabbitMQ matches with PCRE on the bytes of both (docs/rabbitmq.md 2.2);
 * outside the subset in which JavaScript definitely agrees the answer is `undecided`.
 */
export type Matching = 'yes' | 'no' | 'undecided';

/** A pattern that has been analysed once. */
export interface CompiledPattern {
  /** Why nothing can be said about any name; undefined inside the common subset. */
  readonly undecidable: string | undefined;
  /** Text that every name begins with, where the pattern is anchored; bytes as Latin-1. */
  readonly prefix: string | undefined;
  /** Longest text that every name contains, where there is one; bytes as Latin-1. */
  readonly contains: string | undefined;
  /** @param name the name's bytes as Latin-1, from `bytesOf` */
  readonly matches: (name: string) => Matching;
}

/** UTF-8 bytes of a text, each as one character: PCRE without its UTF mode counts them so. */
export const bytesOf = (text: string): string =>
  /^[ -~]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');

/** Whether a name has no control characters: line ends and such are where `$`, `.` and `\s` differ between the engines. */
export const isPlain = (name: string): boolean => !/[^ -~\x80-\xff]/.test(name);

/**
 * Unbounded and optional parts of one pattern. PCRE gives up after 10,000,000 steps and then answers "no match"
 * (docs/rabbitmq.md 2.2): two unbounded parts on 255 bytes stay below 3 million, and each optional part at most
 * doubles the way.
 */
const maxUnbounded = 2;
const maxOptional = 2;

/**
 * Steps of one match that has a choice between alternatives, at the most: a tenth of what PCRE allows, whose limit and
 * whose way of counting differ by version. Beyond it PCRE may answer "no match" for a name that the pattern describes.
 */
const maxSteps = 1_000_000;

/** Longest pattern that is analysed; RabbitMQ's own are a few dozen characters long. */
const maxPatternBytes = 1_024;

interface Reader {
  readonly text: string;
  at: number;
  unbounded: number;
  optional: number;
  /** Groups, each of which PCRE enters and leaves by a step of its own. */
  groups: number;
  /** Whether the result depends on the class of bytes that are not ASCII. */
  usesClasses: boolean;
}

/** A parsed part: its JavaScript source, and its text where it stands for exactly one. */
interface Part {
  readonly source: string;
  readonly literal: string | undefined;
  /** In how many ways it can match at one place, by its alternatives; one unless given. */
  readonly ways?: number;
}

/** What a backslash makes literal in both: printable ASCII that is neither letter nor digit. */
const plainEscapes = /[ !"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/;
const quote = (character: string): string => (/[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\${character}` : character);

/** Leaves the parser; `compile` turns it into an answer, so it never gets further. */
const outside = (why: string): never => {
  throw new Error(why);
};

const readEscape = (reader: Reader): Part => {
  const character = reader.text[reader.at + 1] ?? outside('it ends with a backslash');
  reader.at += 2;
  if ('dDwWsS'.includes(character)) {
    reader.usesClasses = true;
    return { source: `\\${character}`, literal: undefined };
  }
  if (!plainEscapes.test(character)) outside(`\\${character} is not in the common subset`);
  return { source: quote(character), literal: character };
};

const readClass = (reader: Reader): Part => {
  const { text } = reader;
  let source = '[';
  reader.at += 1;
  if (text[reader.at] === '^') {
    source += '^';
    reader.at += 1;
  }
  if (text[reader.at] === ']') outside('a class that begins with "]"');
  // A range joins two single characters; anything else beside a hyphen is read differently by the two engines.
  let from: string | undefined;
  for (;;) {
    const character = text[reader.at] ?? outside('a class is not closed');
    if (character === ']') break;
    if (character === '[') outside('"[" inside a class');
    if (character === '-') {
      const next = text[reader.at + 1];
      const last = next === ']';
      const range = from !== undefined && next !== undefined && !'\\[]-'.includes(next);
      if (!last && !range) outside('an unusual hyphen in a class');
      if (range && !last) {
        if ((from ?? '') > (next ?? '')) outside('a range out of order');
        source += `-${quote(next ?? '')}`;
        reader.at += 2;
      } else {
        source += '\\-';
        reader.at += 1;
      }
      from = undefined;
      continue;
    }
    if (character === '\\') {
      const escaped = readEscape(reader);
      source += escaped.source;
      from = undefined;
      continue;
    }
    source += quote(character);
    from = character;
    reader.at += 1;
  }
  reader.at += 1;
  return { source: `${source}]`, literal: undefined };
};

const readQuantifier = (reader: Reader, part: Part, single: boolean): Part => {
  const { text } = reader;
  const character = text[reader.at];
  const braces = character === '{' ? /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(text.slice(reader.at)) : null;
  if (character === '{' && braces === null) outside('a "{" that is no quantifier');
  if (character === undefined || !'*+?{'.includes(character)) return part;
  const found = braces?.[0] ?? character;
  reader.at += found.length;
  const fixed = braces !== null && (braces[2] === undefined || braces[3] === braces[1]);
  if (braces?.[3] && Number(braces[3]) < Number(braces[1])) outside('a quantifier out of order');
  if (!single && found !== '?') outside('a repeated group');
  if (found === '?') reader.optional += 1;
  else if (!fixed) reader.unbounded += 1;
  if (text[reader.at] === '+') outside('a possessive quantifier');
  const lazy = text[reader.at] === '?' ? '?' : '';
  reader.at += lazy.length;
  if ('*+{'.includes(text[reader.at] ?? ' ') || text[reader.at] === '?') outside('a quantifier after a quantifier');
  const ways = (part.ways ?? 1) + (found === '?' && !single ? 1 : 0);
  return { source: `${part.source}${found}${lazy}`, literal: undefined, ways };
};

const readGroup = (reader: Reader, depth: number): Part => {
  reader.at += 1;
  if (reader.text[reader.at] === '?') {
    if (reader.text.slice(reader.at, reader.at + 2) !== '?:') outside('a group that is more than a group');
    reader.at += 2;
  }
  if (reader.text[reader.at] === '*') outside('a verb');
  const inner = readAlternatives(reader, depth + 1);
  if (reader.text[reader.at] !== ')') outside('a group is not closed');
  reader.at += 1;
  reader.groups += 1;
  return { source: `(?:${inner.source})`, literal: undefined, ways: inner.ways };
};

const readPart = (reader: Reader, depth: number): Part => {
  const character = reader.text[reader.at] ?? '';
  if (character === '^' || character === '$') {
    reader.at += 1;
    if ('*+?{'.includes(reader.text[reader.at] ?? ' ')) outside('a repeated anchor');
    return { source: character, literal: undefined };
  }
  if (character === '(') {
    if (depth >= 5) outside('groups nested more than five deep');
    return readQuantifier(reader, readGroup(reader, depth), false);
  }
  if ('*+?{'.includes(character)) outside('a quantifier without anything before it');
  if (character === '[') return readQuantifier(reader, readClass(reader), true);
  if (character === '\\') return readQuantifier(reader, readEscape(reader), true);
  reader.at += 1;
  if (character === '.') return readQuantifier(reader, { source: '[^\\n]', literal: undefined }, true);
  if (character < ' ' || character === '\x7f') outside('a control character');
  return readQuantifier(reader, { source: quote(character), literal: character }, true);
};

interface Sequence {
  readonly source: string;
  readonly ways: number;
  readonly parts: readonly Part[];
}

const readSequence = (reader: Reader, depth: number): Sequence => {
  const parts: Part[] = [];
  while (reader.at < reader.text.length && !'|)'.includes(reader.text[reader.at] ?? '')) {
    parts.push(readPart(reader, depth));
  }
  const ways = parts.reduce((product, part) => product * (part.ways ?? 1), 1);
  return { source: parts.map((part) => part.source).join(''), ways, parts };
};

const readAlternatives = (
  reader: Reader,
  depth: number,
): { readonly source: string; readonly ways: number; readonly only?: Sequence } => {
  const sequences = [readSequence(reader, depth)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    sequences.push(readSequence(reader, depth));
  }
  const [only] = sequences;
  const source = sequences.map((sequence) => sequence.source).join('|');
  const ways = sequences.reduce((sum, sequence) => sum + sequence.ways, 0);
  return sequences.length === 1 && only !== undefined ? { source, ways, only } : { source, ways };
};

/** Runs of literal text in a sequence, the first one counting as prefix when `^` stands before it. */
const textsOf = (parts: readonly Part[]): { readonly prefix?: string; readonly contains?: string } => {
  const runs: { text: string; first: boolean }[] = [];
  let run = '';
  const anchored = parts[0]?.source === '^';
  let first = true;
  const close = (): void => {
    if (run !== '') runs.push({ text: run, first });
    first = false;
    run = '';
  };
  for (const part of anchored ? parts.slice(1) : parts) {
    if (part.literal === undefined) close();
    else run += part.literal;
  }
  close();
  const prefix = anchored ? runs.find((each) => each.first)?.text : undefined;
  const contains = runs.map((each) => each.text).sort((a, b) => b.length - a.length)[0];
  return { ...(prefix !== undefined && { prefix }), ...(contains !== undefined && { contains }) };
};

const compiledPatterns = new Map<string, CompiledPattern>();
/** Patterns kept over calls: a cluster has thousands of virtual hosts, and few patterns. */
const keptPatterns = 20_000;

/** Compiles a policy's pattern; never throws, an invalid one is undecided like everything outside the subset. */
export const compilePattern = (pattern: string): CompiledPattern => {
  const known = compiledPatterns.get(pattern);
  if (known !== undefined) return known;
  const compiled = compile(bytesOf(pattern));
  if (compiledPatterns.size >= keptPatterns) compiledPatterns.clear();
  compiledPatterns.set(pattern, compiled);
  return compiled;
};

const undecided = (why: string): CompiledPattern => ({
  undecidable: why,
  prefix: undefined,
  contains: undefined,
  matches: () => 'undecided',
});

const compile = (text: string): CompiledPattern => {
  if (text.length > maxPatternBytes) return undecided(`it is longer than ${maxPatternBytes} bytes`);
  const reader: Reader = { text, at: 0, unbounded: 0, optional: 0, groups: 0, usesClasses: false };
  try {
    const { source, ways, only } = readAlternatives(reader, 0);
    if (reader.at < text.length) outside('a group is closed that was not opened');
    if (reader.unbounded > maxUnbounded || reader.optional > maxOptional) outside('too many repetitions');
    const texts = only === undefined ? {} : textsOf(only.parts);
    const steps = stepsOf(reader, ways, source.startsWith('^') && only !== undefined);
    return decided(source, texts, reader.usesClasses, steps);
  } catch (error) {
    // What else may be thrown is a defect of this file, of a class of its own such as TypeError.
    if (error instanceof Error && error.constructor === Error) return undecided(error.message);
    throw error;
  }
};

/**
 * How many steps a name of some length may take in the worst case: each place to begin at, each split of the name between
 * the unbounded parts, and each choice of alternatives, tried one after the other. Undefined where there is no choice:
 * `maxUnbounded` and `maxOptional` bound those.
 */
const stepsOf = (
  { unbounded, optional, groups }: Reader,
  ways: number,
  isAnchored: boolean,
): ((length: number) => number) | undefined => {
  if (ways === 1) return undefined;
  const free = unbounded + (isAnchored ? 0 : 1);
  const splits = [1, 1, 2, 6][free] ?? 1;
  return (length) => (ways * 2 ** optional * (groups + 1) * (length + 1) ** free) / splits;
};

const decided = (
  source: string,
  texts: { readonly prefix?: string; readonly contains?: string },
  usesClasses: boolean,
  steps: ((length: number) => number) | undefined,
): CompiledPattern => {
  const expression = new RegExp(source);
  const always = /^\^?(\[\^\\n\]\*)?$/.test(source);
  return {
    undecidable: undefined,
    prefix: texts.prefix,
    contains: texts.contains,
    matches: (name) => {
      if (!isPlain(name)) return 'undecided';
      // The classes of bytes above 127 depend on the tables that PCRE was built with.
      if (usesClasses && /[\x80-\xff]/.test(name)) return 'undecided';
      if (steps !== undefined && steps(name.length) > maxSteps) return 'undecided';
      return always || expression.test(name) ? 'yes' : 'no';
    },
  };
};
