import * as z from 'zod/mini';
import { type ControlItems, text } from '../../control/control-items.ts';
import { pairScope } from '../../control/control-scopes.ts';

const noteSchema = z.object({ key: text });

/** What a note is about: one note for each kind and pair is kept. */
export type ReportKind = 'outside-promotion' | 'health';

const keyOf = (pair: string, kind: ReportKind) => ({ scope: pairScope(pair), item: `REPORTED#${kind}` });

/** Notes of what operators were notified of last, so that an event which arrives twice is reported once. */
export class ReportNotes {
  readonly #items: ControlItems;

  constructor(items: ControlItems) {
    this.#items = items;
  }

  /** Whether the newest report of this kind was about `key`. @throws ServiceUnavailable, AccessDenied */
  async isNoted(pair: string, kind: ReportKind, key: string): Promise<boolean> {
    return (await this.#items.get(keyOf(pair, kind), noteSchema))?.key === key;
  }

  /** @throws as `isNoted` */
  async note(pair: string, kind: ReportKind, key: string): Promise<void> {
    await this.#items.put(keyOf(pair, kind), { key: { S: key } });
  }
}
