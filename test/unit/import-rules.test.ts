import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Import {
  readonly specifier: string;
  /** Whether it disappears when types are stripped. */
  readonly typeOnly: boolean;
}

const importPattern =
  /^\s*(?:import|export)\s+(?:(type)\s+)?(?:([^'";]*?)\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

const importsOf = (source: string): readonly Import[] =>
  [...source.matchAll(importPattern)].map(([, type, clause = '', from, dynamic]) => {
    const names = /^\{([\s\S]*)\}$/.exec(clause.trim())?.[1]?.split(',') ?? [];
    const members = names.map((name) => name.trim()).filter((name) => name !== '');
    const onlyTypeMembers = members.length > 0 && members.every((name) => name.startsWith('type '));
    return { specifier: from ?? dynamic ?? '', typeOnly: type !== undefined || onlyTypeMembers };
  });

/** What pure code must not reach for, and what it shall use instead. */
const forbiddenText: readonly (readonly [RegExp, string])[] = [
  [/\bprocess\.env\b/, 'process.env: take it from the parsed environment'],
  [/\bDate\.now\(/, 'Date.now(): take the time as an argument'],
  [/\bnew Date\(\s*\)/, 'new Date(): take the time as an argument'],
  [/\bMath\.random\b/, 'Math.random: take it from the runtime'],
  [/\bsetTimeout\b/, 'setTimeout: sleep on the clock'],
];

const capabilityOf = (path: string): string | undefined => {
  const [top, folder] = path.split('/');
  return top === 'functions' && folder !== 'shared' ? folder : undefined;
};

/** What other projects import; it composes the library with its adapters, as a handler does. */
const packageEntry = 'functions/ledger/index.ts';

/** What `path` (from the root, with slashes) does against the rules, one line each. */
const violationsOf = (path: string, source: string): readonly string[] => {
  const found: string[] = [];
  const isHandler = path.endsWith('.handler.ts') || path === packageEntry;
  const isAdapter = path.startsWith('functions/shared/adapters/');
  for (const { specifier, typeOnly } of importsOf(source)) {
    const target = specifier.startsWith('.') ? posix.join(dirname(path), specifier) : specifier;
    const [top = ''] = target.split('/');
    const forbid = (rule: string): void => void found.push(`${path} imports ${specifier}: ${rule}`);
    if (path.startsWith('functions/') && ['gameday', 'infra', 'test', '..'].includes(top)) {
      forbid('functions stand alone');
    }
    if (path.startsWith('functions/') && target === 'zod') forbid('bundles have room for zod/mini');
    if (path.startsWith('infra/') && ['gameday', 'test', '..'].includes(top)) forbid('infra is what is deployed');
    if (path.startsWith('gameday/') && ['test', '..'].includes(top)) forbid('tests are not part of a game day');
    if (path.startsWith('cli/') && ['gameday', 'test', '..'].includes(top)) forbid('commands act on AWS');
    if (capabilityOf(path) !== undefined && !isHandler) {
      if (target.startsWith('@aws-sdk/') || target.startsWith('@middy/')) forbid('decisions are pure');
      if (target.startsWith('functions/shared/adapters/')) forbid('decisions take ports');
    }
    if (capabilityOf(path) !== undefined && isHandler && target.startsWith('@aws-sdk/')) forbid('handlers compose');
    if (path.startsWith('functions/shared/') && !isAdapter && target.startsWith('@aws-sdk/') && !typeOnly) {
      forbid('calls to AWS live in shared/adapters');
    }
    const other = capabilityOf(target);
    if (other !== undefined && capabilityOf(path) !== undefined && other !== capabilityOf(path)) {
      forbid('capabilities share by functions/shared');
    }
    if (path.startsWith('functions/shared/') && other !== undefined) forbid('shared code knows no capability');
  }
  if (capabilityOf(path) !== undefined || isAdapter) {
    for (const [pattern, rule] of forbiddenText) if (pattern.test(source)) found.push(`${path} uses ${rule}`);
  }
  return found;
};

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`);

describe('the import rules', () => {
  it.each(['functions', 'infra', 'gameday', 'cli'])('hold in %s', (folder) => {
    const paths = sourcesIn(folder);
    expect(paths.length).toBeGreaterThan(1);
    expect(paths.flatMap((path) => violationsOf(path, readFileSync(resolve(root, path), 'utf8')))).toEqual([]);
  });

  it.each([
    ['functions/replica/a.ts', "import { x } from '../../simulator/world/world.ts';", 'functions stand alone'],
    ['functions/shared/a.ts', "export * from '../../infra/catalogue.ts';", 'functions stand alone'],
    ['functions/shared/adapters/a.ts', "import type { X } from '../../../test/support/x.ts';", 'functions stand alone'],
    ['functions/shared/a.ts', "import * as z from 'zod';", 'zod/mini'],
    ['infra/a.ts', "import { x } from '../gameday/world/world.ts';", 'infra is what is deployed'],
    ['gameday/a.ts', "import { x } from '../test/support/x.ts';", 'tests are not part'],
    ['cli/a.ts', "import { x } from '../gameday/world/world.ts';", 'commands act on AWS'],
    ['functions/replica/a.ts', "import { MqClient } from '@aws-sdk/client-mq';", 'decisions are pure'],
    ['functions/replica/a.ts', "import type { MqClient } from '@aws-sdk/client-mq';", 'decisions are pure'],
    ['functions/replica/a.ts', "import middy from '@middy/core';", 'decisions are pure'],
    [
      'functions/replica/a.ts',
      "import {\n  x,\n  y,\n} from '../shared/adapters/mq-brokers.ts';",
      'decisions take ports',
    ],
    ['functions/replica/a.ts', "const x = await import('../shared/adapters/mq-brokers.ts');", 'decisions take ports'],
    ['functions/replica/a.handler.ts', "import { MqClient } from '@aws-sdk/client-mq';", 'handlers compose'],
    ['functions/replica/a.ts', "import { x } from '../promotion/polling.ts';", 'capabilities share'],
    ['functions/shared/a.ts', "import { x } from '../promotion/polling.ts';", 'shared code knows no capability'],
    ['functions/shared/a.ts', "import { MqClient } from '@aws-sdk/client-mq';", 'calls to AWS'],
    ['functions/shared/a.ts', "import { type A, MqClient } from '@aws-sdk/client-mq';", 'calls to AWS'],
    ['functions/shared/a.ts', "import '@aws-sdk/client-mq';", 'calls to AWS'],
    ['functions/replica/a.ts', 'const x = process.env.TABLE;', 'process.env'],
    ['functions/replica/a.handler.ts', 'const now = Date.now();', 'Date.now()'],
    ['functions/replica/a.ts', 'const now = new Date();', 'new Date()'],
    ['functions/replica/a.ts', 'const x = Math.random();', 'Math.random'],
    ['functions/shared/adapters/a.ts', 'setTimeout(() => {}, 1);', 'setTimeout'],
  ])('catch %s with "%s"', (path, source, rule) => {
    expect(violationsOf(path, source)).toEqual([expect.stringContaining(rule)]);
  });

  it.each([
    ['functions/shared/a.ts', "import type { MqClientConfig } from '@aws-sdk/client-mq';"],
    ['functions/shared/a.ts', "import { type A, type B } from '@aws-sdk/client-mq';"],
    ['functions/shared/adapters/a.ts', "import { MqClient } from '@aws-sdk/client-mq';"],
    ['functions/replica/a.handler.ts', "import { pairPorts } from '../shared/adapters/pair-ports.ts';"],
    ['functions/replica/a.ts', 'const text = new Date(nowMs).toISOString();'],
    ['gameday/a.ts', "import { x } from '../functions/shared/clock.ts';"],
  ])('let %s pass with "%s"', (path, source) => {
    expect(violationsOf(path, source)).toEqual([]);
  });
});
