import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CommandIo, runCommand } from '../../../../gameday/experiment/command.ts';
import type { GameDaySummary } from '../../../../gameday/journal/summary.ts';
import { Testbed } from '../../../../testbed/testbed.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const run = async (argv: readonly string[], overrides: Partial<CommandIo> = {}): Promise<Ran> => {
  let out = '';
  let err = '';
  const code = await runCommand(argv, {
    screen: {
      write: (text) => {
        out += text;
      },
      isTty: false,
      columns: () => 80,
      colour: false,
    },
    writeError: (text) => {
      err += text;
    },
    interrupt: new AbortController().signal,
    now: () => new Date(Date.UTC(2026, 10, 22, 14, 15, 6)),
    ...overrides,
  });
  return { code, out, err };
};

const folder = async (): Promise<string> => await mkdtemp(join(tmpdir(), 'gameday-'));

const idle = (out: string, ...rest: readonly string[]) => ['--scenario', 'healthy-idle', '--out', out, ...rest];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the command line', () => {
  it.each([
    ['an unknown option', ['--sed', '3'], /unknown option '--sed'\n\(Did you mean --seed\?\)/],
    ['an unknown scenario', ['--scenario', 'healthy-idel'], /did you mean "healthy-idle"\?/],
    ['a seed that is no number', ['--seed', 'seven'], /A seed is a whole number/],
    ['a seed out of range', ['--seed', '4294967296'], /A seed is a whole number/],
    ['a pace of nothing', ['--pace', '0'], /A pace is a number/],
    ['something left over', ['healthy-idle', 'poison'], /too many arguments/],
    ['an option without its value', ['--scenario'], /argument missing/],
  ])('refuses %s with exit code 1, and prints nothing on stdout', async (_what, argv, message) => {
    const { code, out, err } = await run(argv);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
  });

  it('prints help with examples and exit codes', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('npm run gameday -- --scenario healthy-idle');
    expect(out).toContain('Exit codes: 0');
  });

  it('lists the scenarios, for people and for programs', async () => {
    expect((await run(['--list'])).out).toMatch(/^first-switchover +First switchover$/m);
    expect(JSON.parse((await run(['--list', '--json'])).out)).toMatchObject({
      scenarios: expect.arrayContaining([{ name: 'healthy-idle', title: expect.any(String) }]),
    });
  });

  it('refuses a report folder that cannot be written before anything runs', async () => {
    const created = vi.spyOn(Testbed, 'create');
    const { code, err } = await run(idle('/proc/reports'));
    expect(created).not.toHaveBeenCalled();
    expect(code).toBe(1);
    expect(err).toMatch(/^ReportFolderError: cannot write reports to \/proc\/reports: .*--out/);
  });

  it('tells of an internal error with exit code 1', async () => {
    vi.spyOn(Testbed, 'create').mockRejectedValueOnce(new Error('the test bed fell down'));
    const { code, err } = await run(idle(await folder()));
    expect(code).toBe(1);
    expect(err).toContain('internal error: Error: the test bed fell down');
  });

  it('prints one JSON object and nothing else with --json, the same for one seed but for wall time and paths', async () => {
    const once = async (): Promise<{ stable: object; summary: GameDaySummary }> => {
      const { code, out, err } = await run(idle(await folder(), '--json', '--seed', '3'));
      expect([code, err]).toEqual([0, '']);
      const summary: GameDaySummary = JSON.parse(out);
      const { wallMs: _wallMs, files: _files, ...stable } = summary;
      return { stable, summary };
    };
    const first = await once();
    const second = await once();
    expect(first.stable).toEqual(second.stable);
    expect(first.summary).toMatchObject({ scenario: 'healthy-idle', seed: 3, outcome: 'met' });
    expect(first.summary.files.html).not.toBe(second.summary.files.html);
    const journals = await Promise.all(
      [first, second].map(async ({ summary }) => JSON.parse(await readFile(summary.files.journal, 'utf8'))),
    );
    for (const journal of journals) delete journal.environment.wall;
    expect(journals[0]).toEqual(journals[1]);
  });

  it('prints a plain line for each event on a pipe, then the summary, without colour codes', async () => {
    const out = await folder();
    const { code, out: text } = await run(idle(out));
    expect(code).toBe(0);
    expect(text).toMatch(/^A switchover of an idle pair \(scenario healthy-idle, seed 11\)\n0:00:00 {2}broker/);
    expect(text).toContain('healthy-idle met');
    expect(text).toContain(join(out, '2026-11-22T14-15-06-healthy-idle-11', 'report.html'));
    expect(text).not.toContain('\u001b');
  });

  it('prints only the summary with --quiet, and leaves three files', async () => {
    const out = await folder();
    const { out: text } = await run(idle(out, '--quiet'));
    expect(text).toMatch(/^\nhealthy-idle met\n/);
    const [runFolder = ''] = await readdir(out);
    expect((await readdir(join(out, runFolder))).sort()).toEqual(['journal.json', 'report.html', 'report.md']);
  });

  it('takes colour from the terminal unless --no-color says otherwise', async () => {
    const painted = (argv: readonly string[]) => {
      let text = '';
      const write = (part: string): void => {
        text += part;
      };
      return run(argv, { screen: { write, isTty: false, columns: () => 80, colour: true } }).then(() => text);
    };
    expect(await painted(idle(await folder(), '--quiet'))).toContain('\u001b[32m');
    expect(await painted(idle(await folder(), '--quiet', '--no-color'))).not.toContain('\u001b');
  });

  it('ends with 3 and a report when it is interrupted', async () => {
    const out = await folder();
    const { code, out: text } = await run(idle(out, '--quiet'), { interrupt: AbortSignal.abort() });
    expect(code).toBe(3);
    expect(text).toContain('healthy-idle interrupted');
    const [runFolder = ''] = await readdir(out);
    expect(await readFile(join(out, runFolder, 'report.md'), 'utf8')).toContain('Interrupted');
  });
});
