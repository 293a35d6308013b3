import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Accounting, DuplicateSendError, type StoreContents } from '../../../testbed/accounting.ts';

const store = (brokerId: string, serves: boolean, ...messageIds: string[]): StoreContents => ({
  brokerId,
  queue: 'q',
  serves,
  messageIds,
});

const otherStore = (queue: string, ...messageIds: string[]): StoreContents => ({
  brokerId: 'east',
  queue,
  serves: true,
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

  it('takes copies on other queues for what they are: dead letters and copies in quarantine, not deliverable messages', () => {
    const books = new Accounting();
    for (const id of ['dead', 'removed', 'removed wrongly', 'in both', 'dead and queued']) confirmedSend(books, id);
    books.processed('removed', 5);
    const totals = books.totals([
      otherStore('ActiveMQ.DLQ', 'dead', 'in both', 'dead and queued'),
      otherStore('mq-dr.quarantine.q', 'removed', 'removed wrongly', 'in both'),
      store('west', false, 'dead and queued'),
    ]);
    expect(totals).toMatchObject({
      confirmed: 5,
      processedOnce: 1,
      queued: 0,
      stranded: 1,
      deadLettered: 2,
      setAside: { processed: 1, unprocessed: 1 },
      lost: 0,
    });
    expect(totals.named.deadLettered.map(({ id }) => id)).toEqual(['dead', 'in both']);
    expect(totals.named.setAsideUnprocessed.map(({ id, storedOn }) => [id, storedOn])).toEqual([
      ['removed wrongly', ['east']],
    ]);
  });

  it('names what took effect without a record, beside its class', () => {
    const books = new Accounting();
    for (const id of ['recorded', 'crashed', 'crashed and repeated']) {
      confirmedSend(books, id);
      books.processed(id, 5);
    }
    books.uncertain('crashed');
    books.uncertain('crashed and repeated');
    books.processed('crashed and repeated', 70_000);
    const totals = books.totals([]);
    expect(totals).toMatchObject({ processedOnce: 2, processedTwice: 1, uncertain: 2 });
    expect(totals.named.uncertain.map(({ id }) => id)).toEqual(['crashed', 'crashed and repeated']);
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
      onDeadLetters: fc.boolean(),
      inQuarantine: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const books = new Accounting();
        const serving: string[] = [];
        const closed: string[] = [];
        const deadLetters: string[] = [];
        const quarantine: string[] = [];
        for (const [index, what] of happenings.entries()) {
          const id = `p-${index}`;
          books.sent(id, 'q', index);
          if (what.confirmed) books.confirmed(id);
          for (let time = 0; time < what.processedTimes; time++) books.processed(id, time);
          if (what.onServing) serving.push(id);
          if (what.onClosed) closed.push(id);
          if (what.onDeadLetters) deadLetters.push(id);
          if (what.inQuarantine) quarantine.push(id);
        }
        const totals = books.totals([
          store('a', true, ...serving),
          store('b', false, ...closed),
          otherStore('ActiveMQ.DLQ', ...deadLetters),
          otherStore('quarantine', ...quarantine),
        ]);
        const { processedOnce, processedTwice, queued, stranded, deadLettered, setAside } = totals;
        const waiting = queued + stranded + deadLettered + setAside.unprocessed;
        const classes = processedOnce + processedTwice + waiting + totals.lost;
        expect(classes).toBe(totals.confirmed);
        expect(totals.confirmed + totals.unknown.total).toBe(happenings.length);
        const lost = happenings.filter(
          (what) =>
            what.confirmed &&
            what.processedTimes === 0 &&
            !what.onServing &&
            !what.onClosed &&
            !what.onDeadLetters &&
            !what.inQuarantine,
        );
        expect(totals.lost).toBe(lost.length);
      }),
    );
  });
});
