import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url, { waitUntil: 'load' });
  return { page, complaints, requests };
};

/** Elements whose text has less contrast with what is behind it than WCAG 2.2 AA asks for (1.4.3: 4.5, large text 3). */
const lowContrast = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    type Rgba = readonly [number, number, number, number];
    const parse = (text: string): Rgba => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, alpha];
    };
    const luminance = ([red, green, blue]: Rgba): number => {
      const linear = (value: number): number =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    const behind = (element: Element): Rgba => {
      for (let current: Element | null = element; current !== null; current = current.parentElement) {
        const colour = parse(getComputedStyle(current).backgroundColor);
        if (colour[3] > 0) return colour;
      }
      return [255, 255, 255, 1];
    };
    const found: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '');
      if (!own || element.tagName.toLowerCase() === 'title') continue;
      const style = getComputedStyle(element);
      const isSvg = element instanceof SVGElement;
      // A bar's label lies on the bar drawn just before it.
      const isBarLabel = isSvg && element.classList.contains('bar-label');
      const bar = isBarLabel ? element.previousElementSibling : null;
      const ground = bar === null ? behind(element) : parse(getComputedStyle(bar).fill);
      const ink = parse(isSvg ? style.fill : style.color);
      const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
      const ratio = ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600) ? 3 : 4.5;
      if (ratio < needed) {
        found.push(
          `${element.tagName}.${element.getAttribute('class') ?? ''} "${element.textContent}" ${ratio.toFixed(2)}`,
        );
      }
    }
    return found;
  });

/** Elements that stick out of the page without being inside something that scrolls. */
const stickingOut = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.closest('.scroll, pre, .unseen') === null && element.getClientRects().length > 0)
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.right > width + 1 || box.left < -1;
      })
      .map((element) => `${element.tagName}.${element.getAttribute('class') ?? ''} "${element.textContent}"`);
  });

describe.each([
  ['a wide screen', { width: 1_280, height: 900 }],
  ['a phone', { width: 360, height: 740 }],
] as const)('the report on %s', (_what, viewport) => {
  it.each(['light', 'dark'] as const)('reads well in %s mode, and asks nobody for anything', async (colorScheme) => {
    const { page, complaints, requests } = await open({ viewport, colorScheme });
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
    expect(await lowContrast(page)).toEqual([]);
    await page.context().close();
  });

  it('does not scroll sideways', async () => {
    const { page } = await open({ viewport });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
    expect(await stickingOut(page)).toEqual([]);
    await page.context().close();
  });
});

describe('the report', () => {
  it('changes its colours in dark mode', async () => {
    const grounds = await Promise.all(
      (['light', 'dark'] as const).map(async (colorScheme) => {
        const { page } = await open({ colorScheme });
        return await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      }),
    );
    expect(grounds[0]).not.toBe(grounds[1]);
  });

  it('can be walked through by headings, landmarks, tables and named pictures', async () => {
    const { page } = await open({});
    const facts = await page.evaluate(() => ({
      language: document.documentElement.lang,
      h1: document.querySelectorAll('h1').length,
      landmarks: ['header', 'main', 'footer'].map((name) => document.querySelectorAll(`body > ${name}`).length),
      levels: [...document.querySelectorAll('h1,h2,h3')].map((heading) => Number(heading.tagName[1])),
      unnamedSections: [...document.querySelectorAll('section[aria-labelledby]')].filter(
        (section) => document.getElementById(section.getAttribute('aria-labelledby') ?? '') === null,
      ).length,
      tables: [...document.querySelectorAll('table')].map((table) => ({
        caption: table.querySelector('caption')?.textContent ?? '',
        heads: table.querySelectorAll('thead th[scope=col]').length,
        rows: table.querySelectorAll('tbody tr').length,
        rowHeads: table.querySelectorAll('tbody th[scope=row]').length,
      })),
      pictures: [...document.querySelectorAll('svg[role=img]')].map((svg) => svg.getAttribute('aria-label') ?? ''),
      doubledIds: [...document.querySelectorAll('[id]')].filter(
        (element, _index, all) => all.filter((other) => other.id === element.id).length > 1,
      ).length,
    }));
    expect(facts).toMatchObject({ language: 'en', h1: 1, landmarks: [1, 1, 1], unnamedSections: 0, doubledIds: 0 });
    for (const [index, level] of facts.levels.entries()) {
      expect(level - (facts.levels[index - 1] ?? 0), `heading ${index}`).toBeLessThanOrEqual(1);
    }
    expect(facts.tables.length).toBeGreaterThan(5);
    for (const table of facts.tables) {
      expect(table.caption).not.toBe('');
      expect(table.heads).toBeGreaterThan(1);
      expect(table.rowHeads).toBe(table.rows);
    }
    expect(facts.pictures.length).toBeGreaterThan(5);
    expect(facts.pictures.every((label) => label.length > 20)).toBe(true);
  });

  it('lets the keyboard reach every table that scrolls', async () => {
    const { page } = await open({ viewport: { width: 360, height: 740 } });
    const scrolling = page.locator('.scroll');
    const total = await scrolling.count();
    expect(total).toBeGreaterThan(3);
    for (let index = 0; index < total; index++) {
      await scrolling.nth(index).focus();
      await expect(scrolling.nth(index).evaluate((element) => element === document.activeElement)).resolves.toBe(true);
    }
  });
});
