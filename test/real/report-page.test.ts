import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../gameday/report/write-report.ts';
import { sampleJournal } from '../unit/gameday/report/sample-journal.ts';

let browser: Browser;
let url: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'report-page-'));
  const { files } = await writeReport(folder, sampleJournal());
  url = pathToFileURL(files.html).href;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
});

afterAll(async () => {
  await browser?.close();
});

interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

const open = async (options: BrowserContextOptions): Promise<Opened> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.addInitScript({ path: fileURLToPath(new URL('report-page.checks.js', import.meta.url)) });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url, { waitUntil: 'load' });
  return { page, complaints, requests };
};

interface Outline {
  readonly language: string;
  readonly landmarks: readonly number[];
  readonly levels: readonly number[];
  readonly unnamedSections: number;
  readonly tables: readonly {
    readonly caption: string;
    readonly heads: number;
    readonly rows: number;
    readonly rowHeads: number;
  }[];
  readonly pictures: readonly string[];
  readonly doubledIds: number;
}

interface Checks {
  readonly lowContrast: { readonly looked: number; readonly found: readonly string[] };
  readonly stickingOut: readonly string[];
  readonly outline: Outline;
  readonly focusable: readonly boolean[];
  readonly ground: string;
  readonly width: number;
}

/** Runs one of the checks inside the page. */
const check = async <K extends keyof Checks>(page: Page, name: K): Promise<Checks[K]> =>
  await page.evaluate<Checks[K]>(`checks.${name}()`);

describe.each([
  ['a wide screen', { width: 1_280, height: 900 }],
  ['a phone', { width: 360, height: 740 }],
] as const)('the report on %s', (_what, viewport) => {
  it.each(['light', 'dark'] as const)('reads well in %s mode, and asks nobody for anything', async (colorScheme) => {
    const { page, complaints, requests } = await open({ viewport, colorScheme });
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
    const contrast = await check(page, 'lowContrast');
    expect(contrast.looked).toBeGreaterThan(100);
    expect(contrast.found).toEqual([]);
    await page.context().close();
  });

  it('does not scroll sideways', async () => {
    const { page } = await open({ viewport });
    expect(await check(page, 'width')).toBe(viewport.width);
    expect(await check(page, 'stickingOut')).toEqual([]);
    await page.context().close();
  });
});

describe('the report', () => {
  it('changes its colours in dark mode', async () => {
    const light = await check((await open({ colorScheme: 'light' })).page, 'ground');
    const dark = await check((await open({ colorScheme: 'dark' })).page, 'ground');
    expect(light).not.toBe(dark);
  });

  it('can be scanned by headings, landmarks, tables and named pictures', async () => {
    const outline = await check((await open({})).page, 'outline');
    expect(outline).toMatchObject({ language: 'en', landmarks: [1, 1, 1], unnamedSections: 0, doubledIds: 0 });
    expect(outline.levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of outline.levels.entries()) {
      expect(level - (outline.levels[index - 1] ?? 0), `heading ${index}`).toBeLessThanOrEqual(1);
    }
    expect(outline.tables.length).toBeGreaterThan(5);
    for (const table of outline.tables) {
      expect(table.caption).not.toBe('');
      expect(table.heads).toBeGreaterThan(1);
      expect(table.rowHeads).toBe(table.rows);
    }
    expect(outline.pictures.length).toBeGreaterThan(5);
    expect(outline.pictures.every((label) => label.length > 20)).toBe(true);
  });

  it('lets the keyboard reach every table that scrolls', async () => {
    const focused = await check((await open({ viewport: { width: 360, height: 740 } })).page, 'focusable');
    expect(focused.length).toBeGreaterThan(3);
    expect(focused).not.toContain(false);
  });
});
