import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Journal } from '../../../../gameday/journal/journal.ts';
import { summaryOf } from '../../../../gameday/journal/summary.ts';
import { outcomeText } from '../../../../gameday/report/figures.ts';
import { focusWindows } from '../../../../gameday/report/focus-windows.ts';
import { htmlReport } from '../../../../gameday/report/html-report.ts';
import { markdownReport } from '../../../../gameday/report/markdown-report.ts';
import { reportOf } from '../../../../gameday/report/report.ts';
import { reportFindings } from '../../../../gameday/report/report-findings.ts';
import { prepareReportFolder, ReportFolderError, writeReport } from '../../../../gameday/report/write-report.ts';
import { sampleJournal } from './sample-journal.ts';

const summary = (journal: Journal) => summaryOf(journal, { journal: 'j', html: 'h', markdown: 'm' });
const page = (journal: Journal): string => htmlReport(reportOf(journal, summary(journal)));
const markdown = (journal: Journal): string => markdownReport(reportOf(journal, summary(journal)));
const startMs = Date.parse(sampleJournal().start);

describe('focusWindows', () => {
  it('shows each promotion and each long outage once, in order, with calm time around it', () => {
    const windows = focusWindows(sampleJournal());
    expect(windows.map(({ title }) => title)).toEqual([
      'Clients of orders could not send for 5 min',
      'Switchover of orders to orders-replica in us-west-2',
      'Switchover of orders to orders in us-east-1',
    ]);
    const promotion = windows[1];
    expect((promotion?.fromMs ?? 0) - startMs).toBe(36 * 60_000 - 250 - 12_000);
    expect((promotion?.toMs ?? 0) - startMs).toBe(36 * 60_000 + 10_700 + 25_000);
  });
});

describe('the HTML report', () => {
  it('escapes every text that comes from the run', () => {
    const text = page(sampleJournal());
    expect(text).not.toContain('<script');
    expect(text).toContain('orders-p1-&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('pending user &lt;b&gt;change&lt;/b&gt; &amp; more');
  });

  it('needs nothing from anywhere', () => {
    const text = page(sampleJournal());
    expect(text).not.toMatch(/(src|href)="(?!data:,)/);
    expect(text).not.toMatch(/@import|url\(/);
    expect(text).toContain("default-src 'none'");
  });

  it('begins with the outcome and its reason', () => {
    const text = page(sampleJournal());
    expect(text.indexOf('Deviated: “every confirmed message took effect exactly once” does not hold.')).toBeGreaterThan(
      0,
    );
    expect(text.indexOf('Deviated')).toBeLessThan(text.indexOf('<h2'));
  });

  it('is made of what there is, also when nothing happened', () => {
    const full = sampleJournal();
    const empty: Journal = {
      ...full,
      outcome: 'interrupted',
      steady_states: { before: null, after: null, during: [] },
      run: [],
      traffic: [],
      end: full.start,
      records: {
        workflows: [],
        transitions: [],
        apiCalls: [],
        apiCallCounts: [],
        verdicts: [],
        brokers: [],
        gauges: [],
        faults: [],
        clients: [],
        logs: [],
        notifications: [],
        messagesPerMinute: [],
      },
    };
    const text = page(empty);
    expect(text).toContain('Interrupted');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(markdown(empty)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has no number that is none', () => {
    expect(page(sampleJournal())).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the Markdown report', () => {
  it('has the outcome, the figures, the promotions and the command to repeat', () => {
    const journal = sampleJournal();
    const text = markdown(journal);
    expect(text).toMatch(/^# First switchover\n\n\*\*Deviated: /);
    expect(text).toContain('| orders | switchover | orders-replica (us-west-2) | 0:36:00 | 9.0 s | 1.7 s | 9.5 s |');
    expect(text).toContain('npm run gameday -- --scenario first-switchover --seed 7');
  });

  it('does not let text from the run become markup', () => {
    const journal = sampleJournal();
    const hostile = { ...journal.records.logs[0], message: '# *a* | b\n<b>c</b> _d_ [e](f)' };
    const logs = journal.records.logs.map((log) => ({ ...log, ...hostile }));
    const text = markdown({ ...journal, records: { ...journal.records, logs } });
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script>');
    expect(text).toContain('| \\# \\*a\\* \\| b &lt;b>c&lt;/b> \\_d\\_ \\[e]\\(f) |');
  });
});

describe('findings', () => {
  it('are warnings, failures and notifications in order of time, refusals by name', () => {
    const journal = sampleJournal();
    const refused = journal.records.workflows.map((workflow) => ({ ...workflow, output: { outcome: 'Refused' } }));
    const found = reportFindings({ ...journal, records: { ...journal.records, workflows: refused } });
    expect(found.map(({ kind }) => kind)).toEqual(['warning', 'refusal', 'notification', 'refusal', 'refusal']);
  });

  it('name the reasons of a refusal', () => {
    const journal = sampleJournal();
    const blockers = [
      { code: 'LOCK_HELD', message: 'another run holds the lock' },
      { code: 'FROZEN', message: 'orders is frozen' },
    ];
    const workflows = journal.records.workflows.slice(0, 1).map((workflow) => ({
      ...workflow,
      output: { outcome: 'Refused', blockers },
    }));
    const found = reportFindings({ ...journal, records: { ...journal.records, workflows } });
    expect(found.find(({ kind }) => kind === 'refusal')?.text).toBe(
      'LOCK_HELD: another run holds the lock; FROZEN: orders is frozen',
    );
  });
});

describe('outcomeText', () => {
  it('says why a run was aborted', () => {
    expect(outcomeText({ ...sampleJournal(), outcome: 'aborted', abortReason: 'the clock stopped' }).text).toBe(
      'Aborted: the clock stopped.',
    );
    expect(outcomeText({ ...sampleJournal(), outcome: 'met' }).tone).toBe('good');
  });
});

describe('the report folder', () => {
  it('gets three files, and a second run of the same second gets a folder of its own', async () => {
    const root = join(await mkdtemp(join(tmpdir(), 'reports-')), 'deep', 'er');
    const first = await prepareReportFolder(root, 'run');
    const second = await prepareReportFolder(root, 'run');
    expect([first, second]).toEqual([join(root, 'run'), join(root, 'run-2')]);
    const written = await writeReport(first, sampleJournal());
    expect((await readdir(first)).sort()).toEqual(['journal.json', 'report.html', 'report.md']);
    expect(JSON.parse(await readFile(written.files.journal, 'utf8'))).toEqual(sampleJournal());
  });

  it.each([['/proc/reports'], ['/proc/self/reports']])('that cannot be made (%s) is named', async (root) => {
    await expect(prepareReportFolder(root, 'run')).rejects.toThrow(ReportFolderError);
  });

  it('that is a file is named', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'reports-')), 'file');
    await writeFile(file, '');
    await expect(prepareReportFolder(file, 'run')).rejects.toThrow(`cannot write reports to ${file}`);
  });
});
