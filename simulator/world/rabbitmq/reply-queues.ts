/** Queues that clients make for one answer each and that go with it. */
export interface ReplyQueues {
  readonly vhost: string;
  readonly perSecond: number;
  readonly livesSeconds: number;
}

/** Rows of the reply queues that live at a moment; a queue younger than a sample has no figures yet. */
export const replyQueueRows = (
  { vhost, perSecond, livesSeconds }: ReplyQueues,
  nowMs: number,
  node: string,
  sampleMs: number,
  figuresOf: (name: string) => Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] => {
  const everyMs = 1_000 / perSecond;
  const first = Math.ceil((nowMs - livesSeconds * 1_000) / everyMs);
  const last = Math.floor(nowMs / everyMs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_unused, at) => {
    const name = `amq.gen-${first + at}`;
    const isYoung = nowMs - (first + at) * everyMs < sampleMs;
    return {
      ...{ name, vhost, type: 'classic', durable: false, exclusive: false, auto_delete: true, arguments: {}, node },
      ...(isYoung ? {} : figuresOf(name)),
    };
  });
};
