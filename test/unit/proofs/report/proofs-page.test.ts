import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { proofsPage } from '../../../../proofs/report/proofs-page.ts';
import { writeProof } from '../../../../proofs/report/write-proofs.ts';
import { gridOf } from '../../../../proofs/runner/grid.ts';
import { jsonSummaryOf, type ProofResult } from '../../../../proofs/runner/proof-result.ts';

const held: ProofResult = {
  proof: 'static',
  cases: 12,
  passed: 12,
  failed: 0,
  mutants: 7,
  mutantsKilled: 7,
  command: 'npm run prove -- static',
  unit: 'definitions',
  perSecond: 100,
  seconds: 1,
  cpuSeconds: 1.5,
  failures: [],
  grids: [gridOf('Rules', [{ row: 'failover', column: 'guard' }])],
  figures: { 'failover: most history events': 2_000 },
};

const broken: ProofResult = {
  ...held,
  proof: 'crash',
  passed: 11,
  failed: 1,
  command: 'npm run prove -- crash',
  failures: [{ name: 'failover, <Promote>', reasons: ['the state is another one'], path: ['A -[Next]->', 'B'] }],
  grids: [
    gridOf('failover', [
      { row: 'Request', column: 'before' },
      { row: 'Request', column: 'before', reason: 'the "state" is another one' },
      { row: 'Release', column: 'after' },
    ]),
  ],
};

describe('a grid', () => {
  it('counts the cases of each place, keeps the first reason, and leaves empty what has no case', () => {
    expect(broken.grids[0]).toEqual({
      title: 'failover',
      columns: ['before', 'after'],
      rows: [
        { label: 'Request', cells: [{ cases: 2, failed: 1, reason: 'the "state" is another one' }, null] },
        { label: 'Release', cells: [null, { cases: 1, failed: 0 }] },
      ],
    });
  });
});

it('lets one entry of a grid stand for several cases', () => {
  const { rows } = gridOf('batches', [{ row: 'seed 42', column: '+0', cases: 25, reason: 'a message is lost' }]);
  expect(rows).toEqual([{ label: 'seed 42', cells: [{ cases: 25, failed: 1, reason: 'a message is lost' }] }]);
});

describe('the page of the proofs', () => {
  it('says what holds, and why something does not, without markup of its own making', () => {
    const page = proofsPage([held, broken]);
    expect(page).toContain('12 cases held, 7 of 7 broken definitions detected');
    expect(page).toContain('1 of 12 cases do not hold');
    expect(page).toContain('1 of 24 cases do not hold');
    expect(page).toContain('failover, &lt;Promote&gt;');
    expect(page).toContain('title="the &quot;state&quot; is another one"');
    expect(page).toContain('A -[Next]-&gt; B');
    expect(page).toContain('npm run prove -- crash');
    expect(page).toContain('<a href="#crash">crash</a></dt><dd class="value bad">11 of 12</dd>');
    expect(page).toContain('>failover <span class="note">1 of 3 broken</span></h3>');
    expect(page).not.toContain('<script');
  });
});

describe('the results on disk', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  it('gather on one page, whichever proof ran last', async () => {
    const root = await mkdtemp(join(tmpdir(), 'proofs-'));
    folders.push(root);
    const folder = join(root, 'a', 'b');
    await writeProof(folder, broken);
    const page = await readFile(await writeProof(folder, held), 'utf8');
    expect(page).toContain('<section id="static">');
    expect(page).toContain('<section id="crash">');
    expect((await readdir(folder)).sort()).toEqual(['crash.json', 'index.html', 'static.json']);
    expect(JSON.parse(await readFile(join(folder, 'crash.json'), 'utf8'))).toEqual(broken);
  });

  it('are summed up for programs without their grids', () => {
    expect(jsonSummaryOf(held)).toEqual({
      proof: 'static',
      cases: 12,
      passed: 12,
      failed: 0,
      mutants: 7,
      mutantsKilled: 7,
      command: 'npm run prove -- static',
      unit: 'definitions',
      perSecond: 100,
      seconds: 1,
      cpuSeconds: 1.5,
      failures: [],
    });
  });
});
