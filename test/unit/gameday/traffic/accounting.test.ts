import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Accounting, DuplicateSendError, type StoreContents } from '../../../../gameday/traffic/accounting.ts';

const store = (brokerId: string, serves: boolean, ...messageIds: string[]): StoreContents => ({
  brokerId,
  queue: 'q',
  serves,
  messageIds,
});

const confirmedSend = (books: Accounting, id: string, atMs = 1): void => {
  books.sent(id, 'q', atMs);
  books.confirmed(id);
};

describe('Accounting', () => {
  it('puts each confirmed message into the class that its processing and the brokers’ stores say', () => {
    const books = new Accounting();
    for (const id of ['once', 'twice', 'queued', 'stranded', 'lost', 'both']) confirmedSend(books, id);
    books.processed('once', 5);
    books.processed('twice', 6);
    books.processed('twice', 9);
    const totals = books.totals([
      store('east', true, 'queued', 'both'),
      store('west', false, 'stranded', 'both', 'once'),
    ]);
    expect(totals).toMatchObject({
      sent: 6,
      confirmed: 6,
      processedOnce: 1,
      processedTwice: 1,
      queued: 2,
      stranded: 1,
      lost: 1,
    });
    expect(totals.named.lost).toEqual([{ id: 'lost', queue: 'q', sentAtMs: 1, processedAtMs: [], storedOn: [] }]);
    expect(totals.named.processedTwice.map(({ id, processedAtMs }) => [id, processedAtMs])).toEqual([
      ['twice', [6, 9]],
    ]);
    expect(totals.named.stranded.map(({ id, storedOn }) => [id, storedOn])).toEqual([['stranded', ['west']]]);
  });

  it('never counts a message as lost whose outcome the producer did not see', () => {
    const books = new Accounting();
    for (const id of ['gone', 'arrived', 'doubled', 'waiting']) books.sent(id, 'q', 1);
    books.processed('arrived', 2);
    books.processed('doubled', 2);
    books.processed('doubled', 3);
    const totals = books.totals([store('west', false, 'waiting')]);
    expect(totals).toMatchObject({ confirmed: 0, lost: 0, stranded: 0 });
    expect(totals.unknown).toEqual({ total: 4, processedOnce: 1, processedTwice: 1, stored: 1, absent: 1 });
    expect(totals.named.processedTwice.map(({ id }) => id)).toEqual(['doubled']);
  });

  it('counts refused sends and deliveries of unknown ids apart', () => {
    const books = new Accounting();
    books.sent('refused', 'q', 1);
    books.rejected('refused');
    books.processed('from-nowhere', 2);
    expect(books.totals([])).toMatchObject({ sent: 1, rejected: 1, foreign: 1, confirmed: 0 });
  });

  it('refuses to book one id twice', () => {
    const books = new Accounting();
    books.sent('a-1', 'q', 1);
    expect(() => books.sent('a-1', 'q', 2)).toThrow(DuplicateSendError);
  });

  it('keeps every confirmed message in exactly one class, whatever happens', () => {
    const happening = fc.record({
      confirmed: fc.boolean(),
      processedTimes: fc.integer({ min: 0, max: 3 }),
      onServing: fc.boolean(),
      onClosed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const books = new Accounting();
        const serving: string[] = [];
        const closed: string[] = [];
        for (const [index, what] of happenings.entries()) {
          const id = `p-${index}`;
          books.sent(id, 'q', index);
          if (what.confirmed) books.confirmed(id);
          for (let time = 0; time < what.processedTimes; time++) books.processed(id, time);
          if (what.onServing) serving.push(id);
          if (what.onClosed) closed.push(id);
        }
        const totals = books.totals([store('a', true, ...serving), store('b', false, ...closed)]);
        const classes = totals.processedOnce + totals.processedTwice + totals.queued + totals.stranded + totals.lost;
        expect(classes).toBe(totals.confirmed);
        expect(totals.confirmed + totals.unknown.total).toBe(happenings.length);
        const lost = happenings.filter(
          (what) => what.confirmed && what.processedTimes === 0 && !what.onServing && !what.onClosed,
        );
        expect(totals.lost).toBe(lost.length);
      }),
    );
  });
});
