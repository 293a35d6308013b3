/** A question to a person, kept as an item that the asking run polls. */
export interface Approval {
  readonly pair: string;
  readonly approvalId: string;
  /** What is asked, in one sentence. */
  readonly question: string;
  readonly status: 'open' | 'approved' | 'denied';
  readonly expiresAtMs: number;
  readonly executionArn: string;
  /** Who decided, by their own word (IAM's leading keys say who may, CloudTrail who did); absent while open. */
  readonly decidedBy?: string;
}

/** Before an approval's id, in its key. */
export const approvalPrefix = 'APPROVAL#';

/**
 * Where approvals of a pair stand: apart from its other items, since rights of an approver in IAM go by the partition.
 */
export const approvalScope = (pair: string): string => `APPROVALS#${pair}`;

/** What an approval means now. An item that is gone or past its time means no. */
export type ApprovalState = 'open' | 'approved' | 'denied' | 'expired';

/**
 * Judges an approval. A decision counts only if it was made in time, which the writer's condition ensures; an open
 * one expires at `expiresAtMs`.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export const approvalState = (approval: Approval | undefined, nowMs: number): ApprovalState => {
  if (approval === undefined) return 'expired';
  if (approval.status !== 'open') return approval.status;
  return nowMs < approval.expiresAtMs ? 'open' : 'expired';
};
