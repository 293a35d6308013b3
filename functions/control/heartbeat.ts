/** What a Region's stack writes about its own broker each minute, for the other side to read. */
export interface Heartbeat {
  readonly region: string;
  /** When it was written, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly brokerId: string;
  /** Role and state as DescribeBroker shows them; `unknown` when the broker could not be read. */
  readonly role: 'primary' | 'replica' | 'none' | 'unknown';
  readonly state: string;
  /** What the AMQP endpoints say from inside the Region. */
  readonly endpoint: 'accepts' | 'refuses' | 'unreachable' | 'none';
  /** How far the best of the AMQP endpoints opened; see `OpenedLayer`. */
  readonly opened?: 'nothing' | 'tcp' | 'tls' | 'amqp';
  /** Since when this Region's heartbeats follow on each other without a silence, in milliseconds since the Unix epoch. */
  readonly beatingSinceMs?: number;
  /** Client connections by the newest metric; absent when it is not known. */
  readonly connections?: number;
  /** Events that have not crossed, by the newest metric of a primary, and the start of that metric's minute. */
  readonly backlogEvents?: number;
  readonly backlogAtMs?: number;
}

/** Reads the newest heartbeat of a Region; errors are those of the Control table. */
export interface HeartbeatReader {
  read(pair: string, region: string): Promise<Heartbeat | undefined>;
}

/** A heartbeat is written each minute; three missed ones are silence. In milliseconds. */
export const silenceMs = 180_000;

/** Whether a heartbeat says that its broker serves as a primary. */
export const saysServing = (heartbeat: Heartbeat): boolean =>
  heartbeat.role === 'primary' && heartbeat.state === 'RUNNING' && heartbeat.endpoint !== 'refuses';
