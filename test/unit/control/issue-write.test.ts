import { describe, expect, it } from 'vitest';
import { isOpen } from '../../../functions/control/intent.ts';
import { issueWrite } from '../../../functions/control/issue-write.ts';
import {
  ControlConflict,
  OutcomeUnknown,
  RequestRejected,
  ServiceUnavailable,
} from '../../../functions/runtime/errors.ts';
import { earlierIntent, FakeControl } from '../../support/fake-ports.ts';

const intent = earlierIntent('Promote', { sequence: 1 });

describe('issueWrite', () => {
  it('opens the intent before the call and marks it issued after the answer', async () => {
    const control = new FakeControl();
    const answer = await issueWrite(intent, control, async () => {
      control.writes.push('the call');
      return { outcome: 'done', answer: 42 };
    });
    expect(answer).toBe(42);
    expect(control.writes).toEqual(['open Promote 1', 'the call', 'issued Promote 1']);
  });

  it('leaves the intent open when the answer is lost', async () => {
    const control = new FakeControl();
    const write = issueWrite(intent, control, async () => ({ outcome: 'unknown', reason: 'timeout' }));
    await expect(write).rejects.toThrow(OutcomeUnknown);
    expect(isOpen(await control.readIntent('orders', 'Promote'))).toBe(true);
  });

  it('closes the intent as rejected and passes the error on when the service did not act', async () => {
    const control = new FakeControl();
    const refused = new RequestRejected('no');
    await expect(issueWrite(intent, control, () => Promise.reject(refused))).rejects.toBe(refused);
    expect(control.writes).toEqual(['open Promote 1', 'rejected Promote 1']);
  });

  it('passes the first error on when closing the intent fails as well', async () => {
    const control = new FakeControl();
    control.failNextWrite = { method: 'settleIntent', error: new ServiceUnavailable('table busy') };
    const refused = new RequestRejected('no');
    await expect(issueWrite(intent, control, () => Promise.reject(refused))).rejects.toBe(refused);
  });

  it('does not call when the intent cannot be opened', async () => {
    const control = new FakeControl().given(intent);
    let called = false;
    const write = issueWrite({ ...intent, sequence: 2 }, control, async () => {
      called = true;
      return { outcome: 'done', answer: undefined };
    });
    await expect(write).rejects.toThrow(ControlConflict);
    expect(called).toBe(false);
  });
});
