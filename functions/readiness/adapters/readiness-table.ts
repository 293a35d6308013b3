import * as z from 'zod/mini';
import { type ControlItems, number, text, texts } from '../../control/control-items.ts';
import { pairScope } from '../../control/control-scopes.ts';
import { type GameDayRecord, gameDayOutcomes, type ReadinessRecord } from '../readiness-record.ts';

const readinessSchema = z.object({
  verdict: z.pipe(text, z.enum(['ready', 'not-ready'])),
  blockers: texts,
  warnings: texts,
  atMs: number,
  sinceMs: number,
});

const gameDaySchema = z.object({ atMs: number, outcome: z.pipe(text, z.enum(gameDayOutcomes)), by: text });

const list = (codes: readonly string[]) => ({ L: codes.map((code) => ({ S: code })) });

/**
 * Readiness of pairs and their newest game day in the Control table. Each Region keeps a verdict of its own, since what
 * it can read differs: one item for both would flap while the path between them is cut.
 */
export class ReadinessTable {
  readonly #items: ControlItems;

  constructor(items: ControlItems) {
    this.#items = items;
  }

  /** @throws ServiceUnavailable, AccessDenied, NotFound, UnexpectedAnswer */
  async read(pair: string, region: string): Promise<ReadinessRecord | undefined> {
    return await this.#items.get(readinessKey(pair, region), readinessSchema);
  }

  /** Replaces the Region's verdict. @throws as `read` */
  async write(pair: string, region: string, record: ReadinessRecord): Promise<void> {
    await this.#items.put(readinessKey(pair, region), {
      verdict: { S: record.verdict },
      blockers: list(record.blockers),
      warnings: list(record.warnings),
      atMs: { N: String(record.atMs) },
      sinceMs: { N: String(record.sinceMs) },
    });
  }

  /** The pair's newest rehearsal. @throws as `read` */
  async readGameDay(pair: string): Promise<GameDayRecord | undefined> {
    return await this.#items.get(gameDayKey(pair), gameDaySchema);
  }

  /** Remembers a rehearsal, unless a later one is. @throws ControlConflict when one is, and as `read` */
  async writeGameDay(pair: string, { atMs, outcome, by }: GameDayRecord): Promise<void> {
    await this.#items.put(
      gameDayKey(pair),
      { atMs: { N: String(atMs) }, outcome: { S: outcome }, by: { S: by } },
      {
        ConditionExpression: 'attribute_not_exists(atMs) OR atMs <= :atMs',
        ExpressionAttributeValues: { ':atMs': { N: String(atMs) } },
      },
    );
  }
}

const readinessKey = (pair: string, region: string) => ({ scope: pairScope(pair), item: `READINESS#${region}` });

const gameDayKey = (pair: string) => ({ scope: pairScope(pair), item: 'GAMEDAY' });
