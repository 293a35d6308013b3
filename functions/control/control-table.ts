import * as z from 'zod/mini';
import { type Approval, approvalPrefix, approvalScope } from './approval.ts';
import { type ControlItems, number, text, texts, withoutUndefined } from './control-items.ts';
import { pairScope } from './control-scopes.ts';
import type { Intent, IntentEnd, IntentOperation, IntentReader } from './intent.ts';
import { intentSchema } from './intent-item.ts';

const approvalSchema = z.object({
  question: text,
  status: z.pipe(text, z.enum(['open', 'approved', 'denied'])),
  expiresAtMs: number,
  executionArn: text,
  decidedBy: z.optional(text),
});

const membersSchema = z.object({ brokers: texts });

const key = (pair: string, item: string) => ({ scope: pairScope(pair), item });

const approvalKey = (pair: string, approvalId: string) => ({
  scope: approvalScope(pair),
  item: `${approvalPrefix}${approvalId}`,
});

/** What runs record about a pair in the Control table: members, intents, approvals. Every write is conditional. */
export class ControlTable implements IntentReader {
  readonly #items: ControlItems;

  constructor(items: ControlItems) {
    this.#items = items;
  }

  /** The ARNs of a pair's two brokers as create-replica recorded them. */
  async readMembers(pair: string): Promise<readonly string[] | undefined> {
    return (await this.#items.get(key(pair, 'MEMBERS'), membersSchema))?.brokers;
  }

  /** Records which two brokers form a pair; recording the same again changes nothing. */
  async recordMembers(pair: string, brokerArns: readonly [string, string]): Promise<void> {
    await this.#items.put(key(pair, 'MEMBERS'), { brokers: { L: brokerArns.map((arn) => ({ S: arn })) } });
  }

  /** Forgets which two brokers form a pair; without a record nothing changes. */
  async forgetMembers(pair: string): Promise<void> {
    await this.#items.remove(key(pair, 'MEMBERS'));
  }

  /** The newest intent of a pair for an operation. */
  async readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined> {
    const item = await this.#items.get(key(pair, `INTENT#${operation}`), intentSchema);
    return item && { pair, operation, ...withoutUndefined(item) };
  }

  /**
   * Opens an intent, which must follow on the newest one and find it settled.
   *
   * @throws ControlConflict when another run has opened one meanwhile
   */
  async openIntent(intent: Intent): Promise<void> {
    await this.#items.put(
      key(intent.pair, `INTENT#${intent.operation}`),
      {
        sequence: { N: String(intent.sequence) },
        ...(intent.mode && { mode: { S: intent.mode } }),
        decision: { S: intent.decision },
        subject: { S: intent.subject },
        status: { S: intent.status },
        executionArn: { S: intent.executionArn },
        openedAtMs: { N: String(intent.openedAtMs) },
      },
      intent.sequence === 1
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#status = :settled AND #sequence = :previous',
            ExpressionAttributeNames: { '#status': 'status', '#sequence': 'sequence' },
            ExpressionAttributeValues: {
              ':settled': { S: 'settled' },
              ':previous': { N: String(intent.sequence - 1) },
            },
          },
    );
  }

  /** Notes that the service confirmed the write of an open intent. @throws ControlConflict */
  markIssued(intent: Intent): Promise<void> {
    return this.#moveIntent(intent, 'issued', undefined);
  }

  /** Closes an intent; closing it again in the same way changes nothing. @throws ControlConflict */
  settleIntent(intent: Intent, settledAs: IntentEnd): Promise<void> {
    return this.#moveIntent(intent, 'settled', settledAs);
  }

  async readApproval(pair: string, approvalId: string): Promise<Approval | undefined> {
    const item = await this.#items.get(approvalKey(pair, approvalId), approvalSchema);
    return item && { pair, approvalId, ...withoutUndefined(item) };
  }

  /** Opens an approval. @throws ControlConflict when the id is taken */
  async openApproval(approval: Approval): Promise<void> {
    await this.#items.put(
      approvalKey(approval.pair, approval.approvalId),
      {
        question: { S: approval.question },
        status: { S: approval.status },
        expiresAtMs: { N: String(approval.expiresAtMs) },
        executionArn: { S: approval.executionArn },
      },
      { ConditionExpression: 'attribute_not_exists(pk)' },
    );
  }

  /**
   * Answers an approval: once, and before it expires.
   *
   * @param nowMs milliseconds since the Unix epoch
   * @throws ControlConflict when there is none, or it is answered or expired
   */
  async decideApproval(
    pair: string,
    approvalId: string,
    decision: { readonly status: 'approved' | 'denied'; readonly decidedBy: string },
    nowMs: number,
  ): Promise<void> {
    await this.#items.change(approvalKey(pair, approvalId), {
      UpdateExpression: 'SET #status = :status, decidedBy = :by, decidedAtMs = :now',
      ConditionExpression: '#status = :open AND expiresAtMs > :now',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':status': { S: decision.status },
        ':by': { S: decision.decidedBy },
        ':open': { S: 'open' },
        ':now': { N: String(nowMs) },
      },
    });
  }

  async #moveIntent(intent: Intent, status: Intent['status'], settledAs: IntentEnd | undefined): Promise<void> {
    await this.#items.change(key(intent.pair, `INTENT#${intent.operation}`), {
      UpdateExpression: `SET #status = :status${settledAs === undefined ? '' : ', settledAs = :settledAs'}`,
      // A settled intent stays as it is: what was observed once is not overruled by a late writer.
      ConditionExpression: '#sequence = :sequence AND (#status <> :settled OR settledAs = :settledAs)',
      ExpressionAttributeNames: { '#status': 'status', '#sequence': 'sequence' },
      ExpressionAttributeValues: {
        ':status': { S: status },
        ':sequence': { N: String(intent.sequence) },
        ':settled': { S: 'settled' },
        ':settledAs': { S: settledAs ?? 'open' },
      },
    });
  }
}
