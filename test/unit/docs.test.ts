import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../functions/runtime/errors.ts';
import { fakeRuntime } from '../support/fake-ports.ts';
import { runIn } from '../support/mq-dr.ts';

const root = resolve(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(resolve(root, path), 'utf8');

const filesBelow = (folder: string, ending: string): readonly string[] =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path}`)
    .sort();

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'simulator/README.md',
  ...filesBelow('docs', '.md'),
];
const sources = filesBelow('functions', '.ts').map((path) => ({ path, text: textOf(path) }));
const runbooks = filesBelow('docs/runbooks', '.md');

const withoutCode = (markdown: string): string =>
  markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, 'code');

/** Anchors as GitHub makes them from headings: lower case, spaces to hyphens, other punctuation dropped. */
const anchorsOf = (markdown: string): ReadonlySet<string> => {
  const seen = new Map<string, number>();
  const headings = markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) => {
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const anchor = plain.replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-');
      const earlier = seen.get(anchor) ?? 0;
      seen.set(anchor, earlier + 1);
      return earlier === 0 ? anchor : `${anchor}-${earlier}`;
    }),
  );
};

/** Links of a page that lead nowhere, one line each. */
const brokenLinks = (page: string): readonly string[] =>
  [...withoutCode(textOf(page)).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(root, resolve(root, dirname(page), path));
    if (!existsSync(resolve(root, file))) return [`${page}: ${target} does not exist`];
    if (anchor === undefined || !file.endsWith('.md')) return [];
    return anchorsOf(textOf(file)).has(anchor) ? [] : [`${page}: ${target} has no such heading`];
  });

/** Folders whose files pages name; a path in code marks that begins with one of them must exist. */
const sourceFolders = 'functions|statemachines|infra|cli|simulator|testbed|gameday|proofs|tools|test|docs';

/** Files that a page names and that do not exist; `*` stands for a part of a name, `<...>` for any name. */
const missingFiles = (page: string): readonly string[] =>
  [...textOf(page).matchAll(new RegExp(`\`((?:${sourceFolders})/[^\`\\s]*)\``, 'g'))]
    .map(([, path = '']) => path)
    .filter((path) => !path.includes('<') && !exists(path));

const exists = (path: string): boolean => {
  if (!path.includes('*')) return existsSync(resolve(root, path));
  const pattern =
    path
      .split('/')
      .at(-1)
      ?.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*') ?? '';
  const folder = resolve(root, dirname(path));
  return existsSync(folder) && readdirSync(folder).some((name) => new RegExp(`^${pattern}`).test(name));
};

/** Codes that are put together; a template that is not listed here fails the test. */
const composedCodes: Readonly<Record<string, readonly string[]>> = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the text of the source
  '${label}_NOT_${role.toUpperCase()}': ['TARGET_NOT_REPLICA', 'COUNTERPART_NOT_PRIMARY'],
  '${label}_NOT_RUNNING': ['TARGET_NOT_RUNNING', 'COUNTERPART_NOT_RUNNING'],
  '${label}_UNREADABLE': ['TARGET_UNREADABLE', 'COUNTERPART_UNREADABLE'],
  '${label.toUpperCase()}_NOT_RUNNING': ['PRIMARY_NOT_RUNNING', 'REPLICA_NOT_RUNNING'],
  '${label}_NOT_${label}': ['PRIMARY_NOT_PRIMARY', 'REPLICA_NOT_REPLICA'],
  '${role.toUpperCase()}_UNREADABLE': ['PRIMARY_UNREADABLE', 'REPLICA_UNREADABLE'],
  '${what}_UNKNOWN': ['ENGINE_VERSION_UNKNOWN', 'INSTANCE_UNKNOWN', 'USERS_UNKNOWN', 'REPLICATION_USER_UNKNOWN'],
  '${step}_${status.toUpperCase()}': ['HOLD', 'RELEASE', 'UNFENCE'].flatMap((step) =>
    ['PENDING', 'UNKNOWN', 'FAILED'].map((status) => `${step}_${status}`),
  ),
  'REPLICATION_${verdict.toUpperCase()}': ['FROZEN', 'ABSENT', 'CONTRADICTORY', 'EXCHANGED', 'LAGGING', 'DRAINING'].map(
    (verdict) => `REPLICATION_${verdict}`,
  ),
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the text of the source
};

/** Where a finding gets its code: a member, a constant, or the first text handed to a function that makes findings. */
const codePatterns: readonly RegExp[] = [
  /\bcode: (?:[^,\n]*\? )?(['`])([A-Z$][^'`\n]*)\1(?: : (['`])([A-Z$][^'`\n]*)\3)?/g,
  /\b(?:const (?:code|\w+Code) =|code:) (?:[^;\n]*\? )?(['`])([A-Z$][^'`\n]*)\1(?: : (['`])([A-Z$][^'`\n]*)\3)?/g,
  /\b(?:blocker|warning|finding|blocked|block|add|held)\(\s*(?:change, )?(['`])([A-Z$][A-Z0-9_${}a-z.()]*)\1/g,
];

const codesIn = (text: string): readonly string[] =>
  codePatterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, , first, , second]) =>
      [first, second].flatMap((code) => (code === undefined ? [] : [code])),
    ),
  );

/** Codes of Node's own network errors, which adapters look at; no finding carries one. */
const networkCode = /^E(RR_|TIMEDOUT)/;

const isTemplate = (code: string): boolean => code.includes('{');

/** A state of a definition, as far as the diagrams show it. */
interface AslState {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
}

/** Steps of a definition as the diagrams show them: choices, and states that only keep values, left out. */
const stepsOf = (workflow: string): ReadonlySet<string> => {
  const { StartAt, States } = JSON.parse(textOf(`statemachines/${workflow}.asl.json`)) as {
    readonly StartAt: string;
    readonly States: Readonly<Record<string, AslState>>;
  };
  const next = ({ Next, Default, Choices = [] }: AslState): readonly string[] =>
    [Next, Default, ...Choices.map((choice) => choice.Next)].flatMap((name) => name ?? []);
  const isHidden = ({ Type, Next }: AslState): boolean =>
    Type === 'Choice' || (Type === 'Pass' && Next !== 'ReportFailure');
  const shownFrom = (name: string): readonly string[] => {
    const state = States[name];
    if (state === undefined) throw new Error(`${workflow} has no state ${name}`);
    return isHidden(state) ? next(state).flatMap(shownFrom) : [name];
  };
  const steps = Object.entries(States).flatMap(([name, state]) => {
    if (isHidden(state)) return [];
    const targets = next(state).flatMap(shownFrom);
    return (targets.length === 0 ? ['[*]'] : targets).map((target) => `${name} --> ${target}`);
  });
  return new Set([...shownFrom(StartAt).map((name) => `[*] --> ${name}`), ...steps]);
};

/** Command lines of a page, in blocks and in sentences, each as the words that a shell makes of it. */
const commandsIn = (page: string): readonly (readonly string[])[] => {
  const markdown = textOf(page).replace(/\\\n\s*/g, '');
  const blocks = [...markdown.matchAll(/^```\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`(npx mq-dr [^`]*)`/g)].map(
    ([, line]) => line,
  );
  return [...blocks, ...inline]
    .flatMap((line) => /^npx mq-dr (.+)$/.exec(line ?? '')?.[1] ?? [])
    .map((line) => (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2')));
};

const commands = filesBelow('docs', '.md').flatMap((page) =>
  commandsIn(page).map((argv) => ({ page, argv, line: argv.join(' ') })),
);

/** The input that the reference of create-replica shows; its runbook reads it from a file. */
const exampleInput = /```json\n([\s\S]*?)```/.exec(textOf('docs/workflows/create-replica.md'))?.[1] ?? '';

describe('the commands in the documentation', () => {
  it('are found', () => {
    expect(commands.length).toBeGreaterThan(30);
  });

  it.each(commands)('$page: mq-dr $line', async ({ argv }) => {
    // The network is down, so what is left to go wrong is the command line itself.
    const requestHandler = { handle: () => Promise.reject(new Error('no network')) };
    const runtime = { ...fakeRuntime(), aws: { ...fakeRuntime().aws, requestHandler } };
    const word = argv[argv.findIndex((each) => each === '--pair' || each === '--cluster') + 1] ?? 'all';
    const typed = argv.includes('--all') ? 'all' : word;
    const { err } = await runIn(runtime, argv, { typed, readFile: async () => exampleInput });
    expect(err).not.toMatch(/UsageError|InvalidInput|InternalError|Refused/);
  });
});

describe('the documentation', () => {
  it.each(pages)('%s links only to what exists', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it.each(pages.filter((page) => !page.startsWith('docs/adr/')))('%s names only files that exist', (page) => {
    expect(missingFiles(page)).toEqual([]);
  });

  it('leads from every workflow to handlers that exist', () => {
    const page = textOf('docs/architecture.md');
    const machines = filesBelow('statemachines', '.asl.json');
    expect(machines.filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
    const handlers = new Set(
      filesBelow('functions', '.handler.ts').map((path) => /[^/]+(?=\.handler)/.exec(path)?.[0]),
    );
    const named = page.split('\n').flatMap((line) => {
      const [, , , column = ''] = line.split('|');
      return column.includes('.handler.ts`') ? [...column.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name) : [];
    });
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((name) => !handlers.has(name))).toEqual([]);
  });

  it('gives each word of the glossary one line, and uses it elsewhere', () => {
    const words = [...textOf('docs/glossary.md').matchAll(/^\| (\*\*.+?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word = '']) => word),
    );
    expect(words.length).toBeGreaterThan(80);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    const elsewhere = [
      ...pages.filter((page) => page !== 'docs/glossary.md').map(textOf),
      ...sources.map(({ text }) => text),
    ];
    const used = elsewhere.join('\n').toLowerCase().replace(/\s+/g, ' ');
    expect(words.filter((word) => !used.includes(word.toLowerCase()))).toEqual([]);
  });

  it('lists every decision record in the index', () => {
    const index = textOf('docs/adr/README.md');
    const records = filesBelow('docs/adr', '.md').map((path) => path.slice('docs/adr/'.length));
    expect(records.filter((name) => name !== 'README.md' && !index.includes(`(${name})`))).toEqual([]);
  });

  it.each(['create-replica', 'switchover', 'failover', 'failback', 'reconcile'])(
    'draws %s as its definition is',
    (workflow) => {
      const diagram = /^stateDiagram-v2\n([\s\S]*?)^```/m.exec(textOf(`docs/workflows/${workflow}.md`))?.[1] ?? '';
      const drawn = diagram.split('\n').flatMap((line) => line.split(': ')[0]?.trim() || []);
      expect([...drawn].sort()).toEqual([...stepsOf(workflow)].sort());
    },
  );
});

describe('the runbooks', () => {
  it('have a page for each workflow, linked from the index', () => {
    const index = textOf('docs/runbooks/README.md');
    const workflows = filesBelow('statemachines', '.asl.json').map((path) => path.slice('statemachines/'.length));
    const wanted = workflows.map((file) => file.replace('.asl.json', '.md'));
    expect(wanted.filter((page) => !index.includes(`](${page}`))).toEqual([]);
  });

  it('are all reached from the index', () => {
    const index = textOf('docs/runbooks/README.md');
    const others = runbooks.filter((path) => path !== 'docs/runbooks/README.md');
    expect(others.filter((path) => !index.includes(`](${path.slice('docs/runbooks/'.length)}`))).toEqual([]);
  });

  it('say when to use a workflow, when not, what it changes and how to go back', () => {
    const workflows = filesBelow('statemachines', '.asl.json').map((path) => path.slice('statemachines/'.length));
    const wanted = [
      /^## When (to use it|it runs)/m,
      /^## When not to/m,
      /^## What it changes/m,
      /^## How to (go back|stop)/m,
    ];
    const lacking = workflows.flatMap((file) => {
      const page = `docs/runbooks/${file.replace('.asl.json', '.md')}`;
      return wanted.filter((heading) => !heading.test(textOf(page))).map((heading) => `${page} lacks ${heading}`);
    });
    expect(lacking).toEqual([]);
  });

  it('are named by every message that people get, and exist', () => {
    const named = sources.flatMap(({ text }) =>
      [...text.matchAll(/runbookLine\('([^']+)'\)/g)].map(([, page]) => page),
    );
    expect(named.filter((page) => !runbooks.includes(`docs/runbooks/${page}.md`))).toEqual([]);
    const declared = [...textOf('functions/runtime/runbook.ts').matchAll(/^ {2}\| '([^']+)'/gm)].map(
      ([, page]) => page,
    );
    expect([...new Set(named)].sort()).toEqual(declared.sort());
    const paging = sources.filter(({ text }) => /import \{.*\bpageSubject\b/.test(text));
    expect(paging.length).toBeGreaterThan(10);
    expect(paging.filter(({ text }) => !text.includes('runbookLine(')).map(({ path }) => path)).toEqual([]);
  });

  it('have the subject of every page in the index', () => {
    const index = textOf('docs/runbooks/README.md').replace(/…|\borders\b|\bevents\b/g, '·');
    const subjects = sources
      .flatMap(({ text }) => [...text.matchAll(/pageSubject\(([\s\S]*?)\),?\n/g)].map(([, given = '']) => given))
      .flatMap((given) => [...given.replace(/\$\{[^{}]*\}/g, '·').matchAll(/`([^`]*)`/g)].map(([, text = '']) => text));
    const wanted = subjects.map((subject) => subject.replace(/·( ·)*/g, '·'));
    expect(wanted.length).toBeGreaterThan(15);
    expect(wanted.filter((subject) => !index.includes(subject))).toEqual([]);
  });

  it('explain every error that a workflow may end with', () => {
    const errors = textOf('docs/runbooks/errors.md');
    const given = filesBelow('statemachines', '.asl.json').flatMap((path) =>
      [...textOf(path).matchAll(/"Error": "([A-Z]\w+)"/g)].flatMap(([, name]) => name ?? []),
    );
    const names = [...Object.keys(errorCatalogue), ...given];
    expect(names.filter((name) => !errors.includes(`\`${name}\``))).toEqual([]);
  });

  it('or the workflows explain every code of a finding', () => {
    const found = new Set(sources.flatMap(({ text }) => codesIn(text)));
    const templates = [...found].filter(isTemplate);
    expect(templates.sort()).toEqual(Object.keys(composedCodes).sort());
    const codes = [...found].filter((code) => !networkCode.test(code)).flatMap((code) => composedCodes[code] ?? [code]);
    expect(codes.length).toBeGreaterThan(100);
    const explained = [...runbooks, ...filesBelow('docs/workflows', '.md')].map(textOf).join('\n');
    expect(codes.filter((code) => !explained.includes(`\`${code}\``)).sort()).toEqual([]);
  });
});
