import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What each top-level folder may import, by folder or by file; CONTRIBUTING.md has the same table. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  functions: ['functions/'],
  infra: ['functions/', 'infra/'],
  cli: ['functions/', 'infra/', 'cli/'],
  simulator: ['simulator/', 'functions/runtime/clock.ts', 'functions/runtime/http-request.ts'],
  testbed: ['functions/', 'infra/', 'simulator/', 'testbed/'],
  gameday: ['functions/', 'infra/', 'cli/', 'simulator/', 'testbed/', 'gameday/'],
  proofs: ['functions/', 'infra/', 'simulator/', 'testbed/', 'proofs/'],
  tools: ['functions/', 'infra/', 'cli/', 'simulator/', 'testbed/', 'gameday/', 'proofs/', 'tools/'],
};

/** Rooms of functions/ that every capability builds on; they know no capability. */
const foundation = ['runtime', 'config', 'aws', 'brokers', 'control', 'ledger'];

/** Folders of a capability that do I/O; everything else in it, but its handlers, is pure. */
const adapterFolder = /\/(?:adapters|amqp|openwire|queue-scan|rabbitmq)\//;

/** What other projects import; it composes the library with its adapters, as a handler does. */
const packageEntry = 'functions/ledger/index.ts';

/** Modules that reach beyond the process. */
const ioModule = /^(?:@aws-sdk\/|rhea$|node:(?:net|tls|https?)$)/;

/** What code that gets its time, chance and settings must not reach for, and what it uses instead. */
const forbiddenText: readonly (readonly [RegExp, string])[] = [
  [/\bprocess\.env\b/, 'process.env: take it from the parsed environment'],
  [/\bDate\.now\(/, 'Date.now(): take the time as an argument'],
  [/\bnew Date\(\s*\)/, 'new Date(): take the time as an argument'],
  [/\bMath\.random\b/, 'Math.random: take it from the runtime'],
  [/\bsetTimeout\b/, 'setTimeout: sleep on the clock'],
];

interface Import {
  /** Another file of the repository from its root, or a module's name. */
  readonly target: string;
  readonly isFile: boolean;
  /** Whether it disappears when types are stripped. */
  readonly typeOnly: boolean;
}

const importPattern =
  /^\s*(?:import|export)\s+(?:(type)\s+)?(?:([^'";]*?)\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

const importsOf = (path: string, source: string): readonly Import[] =>
  [...source.matchAll(importPattern)].map(([, type, clause = '', from, dynamic]) => {
    const names = /^\{([\s\S]*)\}$/.exec(clause.trim())?.[1]?.split(',') ?? [];
    const members = names.map((name) => name.trim()).filter((name) => name !== '');
    const onlyTypeMembers = members.length > 0 && members.every((name) => name.startsWith('type '));
    const specifier = from ?? dynamic ?? '';
    const isFile = specifier.startsWith('.');
    return {
      target: isFile ? posix.join(dirname(path), specifier) : specifier,
      isFile,
      typeOnly: type !== undefined || onlyTypeMembers,
    };
  });

const sourcesIn = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .map((path) => [path, readFileSync(resolve(root, path), 'utf8')]);

const functionSources: ReadonlyMap<string, string> = new Map(sourcesIn('functions'));

const capabilityOf = (path: string): string | undefined => {
  const [top, room = ''] = path.split('/');
  return top === 'functions' && !foundation.includes(room) ? room : undefined;
};

const isHandler = (path: string): boolean => path.endsWith('.handler.ts') || path === packageEntry;

/** The first file on the way from `path` that does I/O, itself included; the runtime is handed to everyone and does not count. */
const ioBehind = (path: string, source: string, seen = new Set([path])): string | undefined => {
  if (path.startsWith('functions/runtime/')) return undefined;
  const imports = importsOf(path, source).filter(({ typeOnly }) => !typeOnly);
  if (imports.some(({ target }) => ioModule.test(target))) return path;
  for (const { target, isFile } of imports) {
    const next = functionSources.get(target);
    if (!isFile || next === undefined || seen.has(target)) continue;
    const found = ioBehind(target, next, seen.add(target));
    if (found !== undefined) return found;
  }
  return undefined;
};

const violationsOfFunctions = (path: string, source: string): readonly string[] => {
  const found: string[] = [];
  const capability = capabilityOf(path);
  for (const { target, isFile } of importsOf(path, source)) {
    const forbid = (rule: string): void => void found.push(`${path} imports ${target}: ${rule}`);
    if (target === 'zod') forbid('bundles have room for zod/mini');
    if (
      target.startsWith('@middy/') &&
      !path.startsWith('functions/runtime/') &&
      path !== 'functions/ledger/lambda-middleware.ts'
    ) {
      forbid('handlers are composed in functions/runtime');
    }
    if (isHandler(path) && ioModule.test(target)) forbid('handlers compose');
    const other = isFile ? capabilityOf(target) : undefined;
    if (other === undefined || other === capability) continue;
    forbid(capability === undefined ? 'the foundation knows no capability' : 'capabilities share by the foundation');
  }
  if (capability !== undefined && !isHandler(path) && !adapterFolder.test(path)) {
    const io = ioBehind(path, source);
    if (io !== undefined) found.push(`${path} reaches ${io}: decisions are pure, they take ports`);
  }
  if (!path.startsWith('functions/runtime/')) {
    for (const [pattern, rule] of forbiddenText) if (pattern.test(source)) found.push(`${path} uses ${rule}`);
  }
  return found;
};

/** What `path` (from the root, with slashes) does against the rules, one line each. */
const violationsOf = (path: string, source: string): readonly string[] => {
  const [top = ''] = path.split('/');
  const allowed = mayImport[top] ?? [];
  const beyond = importsOf(path, source)
    .filter(({ target, isFile }) => isFile && !allowed.some((place) => target === place || target.startsWith(place)))
    .map(({ target }) => `${path} imports ${target}: ${top}/ may import ${allowed.join(', ')}`);
  return top === 'functions' ? [...beyond, ...violationsOfFunctions(path, source)] : beyond;
};

describe('the import rules', () => {
  it.each(Object.keys(mayImport))('hold in %s', (folder) => {
    const sources = sourcesIn(folder);
    expect(sources.length).toBeGreaterThan(1);
    expect(sources.flatMap(([path, source]) => violationsOf(path, source))).toEqual([]);
  });

  it('know every folder that has sources', () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isDirectory() && !/^(?:\.|node_modules|dist|cdk\.out|coverage|reports|docs|test$)/.test(entry.name),
      )
      .map(({ name }) => name)
      .filter((name) => sourcesIn(name).length > 0);
    expect(Object.keys(mayImport).toSorted()).toEqual(folders.toSorted());
  });

  it.each([
    ['functions/replica/a.ts', "import { x } from '../../simulator/world/simulated-aws.ts';", 'functions/ may import'],
    ['functions/runtime/a.ts', "export * from '../../infra/catalogue.ts';", 'functions/ may import'],
    ['functions/aws/a.ts', "import type { X } from '../../test/support/x.ts';", 'functions/ may import'],
    ['infra/a.ts', "import { x } from '../simulator/world/simulated-aws.ts';", 'infra/ may import'],
    ['infra/a.ts', "import { x } from '../proofs/contracts/index.ts';", 'infra/ may import'],
    ['cli/a.ts', "import { x } from '../gameday/experiment/command.ts';", 'cli/ may import'],
    ['simulator/a.ts', "import { x } from '../functions/runtime/errors.ts';", 'simulator/ may import'],
    ['simulator/a.ts', "import { x } from '../testbed/lambda.ts';", 'simulator/ may import'],
    ['testbed/a.ts', "import { x } from '../gameday/traffic/traffic.ts';", 'testbed/ may import'],
    ['gameday/a.ts', "import { x } from '../proofs/contracts/index.ts';", 'gameday/ may import'],
    ['gameday/a.ts', "import { x } from '../test/support/x.ts';", 'gameday/ may import'],
    ['proofs/a.ts', "import { x } from '../gameday/experiment/step.ts';", 'proofs/ may import'],
    ['tools/bench/a.ts', "import { x } from '../../test/real/activemq/broker.ts';", 'tools/ may import'],
    ['functions/runtime/a.ts', "import * as z from 'zod';", 'zod/mini'],
    ['functions/replica/a.ts', "import middy from '@middy/core';", 'composed in functions/runtime'],
    ['functions/replica/a.handler.ts', "import { MqClient } from '@aws-sdk/client-mq';", 'handlers compose'],
    ['functions/replica/a.ts', "import { x } from '../promotion/polling.ts';", 'capabilities share'],
    ['functions/control/a.ts', "import { x } from '../promotion/polling.ts';", 'the foundation knows no capability'],
    ['functions/replica/a.ts', "import { MqClient } from '@aws-sdk/client-mq';", 'decisions are pure'],
    ['functions/replica/a.ts', "import { type A, MqClient } from '@aws-sdk/client-mq';", 'decisions are pure'],
    ['functions/replica/a.ts', "import '@aws-sdk/client-mq';", 'decisions are pure'],
    ['functions/replica/a.ts', "import {\n  x,\n  y,\n} from '../brokers/mq-brokers.ts';", 'decisions are pure'],
    ['functions/replica/a.ts', "import { x } from '../brokers/pair-ports.ts';", 'decisions are pure'],
    ['functions/replica/a.ts', "const x = await import('../brokers/mq-brokers.ts');", 'decisions are pure'],
    ['functions/replica/a.ts', 'const x = process.env.TABLE;', 'process.env'],
    ['functions/replica/a.handler.ts', 'const now = Date.now();', 'Date.now()'],
    ['functions/replica/a.ts', 'const now = new Date();', 'new Date()'],
    ['functions/control/a.ts', 'const x = Math.random();', 'Math.random'],
    ['functions/aws/a.ts', 'setTimeout(() => {}, 1);', 'setTimeout'],
  ])('catch %s with "%s"', (path, source, rule) => {
    expect(violationsOf(path, source)).toEqual([expect.stringContaining(rule)]);
  });

  it.each([
    ['functions/replica/a.ts', "import type { MqClientConfig } from '@aws-sdk/client-mq';"],
    ['functions/replica/a.ts', "import { type A, type B } from '@aws-sdk/client-mq';"],
    ['functions/replica/adapters/a.ts', "import { MqClient } from '@aws-sdk/client-mq';"],
    ['functions/brokers/a.ts', "import { MqClient } from '@aws-sdk/client-mq';"],
    ['functions/replica/a.handler.ts', "import { pairPorts } from '../brokers/pair-ports.ts';"],
    ['functions/replica/a.ts', 'const text = new Date(nowMs).toISOString();'],
    ['simulator/a.ts', "import { x } from '../functions/runtime/clock.ts';"],
    ['gameday/a.ts', "import { x } from '../functions/runtime/errors.ts';"],
    ['tools/a.ts', "import { x } from '../gameday/journal/journal.ts';"],
  ])('let %s pass with "%s"', (path, source) => {
    expect(violationsOf(path, source)).toEqual([]);
  });
});
