import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, valuesOrFirstError } from '../../functions/runtime/clock.ts';
import { Actor, ActorKilledError } from './actor.ts';

/** Nothing is left that could wake up, although actors still wait for signals. */
export class VirtualDeadlockError extends Error {
  override readonly name = 'VirtualDeadlockError';
}

/** An actor kept the baton for longer than the watchdog allows: it waits for something that no actor will do. */
export class ActorStuckError extends Error {
  override readonly name = 'ActorStuckError';
}

/** A clock call that only an actor may make came from somewhere else. */
export class OutsideActorError extends Error {
  override readonly name = 'OutsideActorError';
}

/** Something that actors wait for and that another actor fires once. */
export interface Signal<T = void> {
  readonly fired: boolean;
  /** Wakes every waiter at the current virtual time. Firing again changes nothing. */
  fire(value: T): void;
  /** Releases the baton until the signal has fired; resolves at once when it has. */
  wait(): Promise<T>;
}

export interface VirtualClockOptions {
  /** Virtual start, in milliseconds since the Unix epoch. */
  readonly startMs: number;
  /**
   * Wall milliseconds for which one actor may hold the baton before the run is declared stuck. The longest honest
   * turn is a first dynalite call or a bundle of AMQP deliveries, well below a second; 30 s tolerates a busy host.
   */
  readonly watchdogMs?: number;
}

interface Turn {
  readonly atMs: number;
  readonly sequence: number;
  readonly actor: Actor;
  readonly resume: () => void;
}

/**
 * Virtual time for everything in the simulator.
 *
 * Actors run strictly one at a time: whoever holds the baton runs until it sleeps, waits for a signal, joins another
 * actor or ends; then the clock jumps to the earliest turn, ordered by (virtual time, sequence). An actor that awaits
 * real I/O keeps the baton, so time cannot jump over it. That makes a run with a given seed repeatable.
 */
export class VirtualClock implements Clock {
  readonly #current = new AsyncLocalStorage<Actor>();
  readonly #watchdogMs: number;
  readonly #turns: Turn[] = [];
  readonly #actors = new Set<Actor>();
  #nowMs: number;
  #sequence = 0;
  #holder: Actor | undefined;
  #yielded: (() => void) | undefined;
  #onTurnQueued: (() => void) | undefined;

  constructor(options: VirtualClockOptions) {
    this.#nowMs = options.startMs;
    this.#watchdogMs = options.watchdogMs ?? 30_000;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Name of the actor that is running, for journals; undefined outside any actor. */
  currentActorName(): string | undefined {
    return this.#current.getStore()?.name;
  }

  async sleepMs(milliseconds: number): Promise<void> {
    const actor = this.#requireActor('sleepMs');
    if (!Number.isFinite(milliseconds)) throw new RangeError(`sleepMs takes a finite number, got ${milliseconds}`);
    await this.#park(actor, (resume) => this.#queueTurn(actor, this.#nowMs + Math.max(0, milliseconds), resume));
  }

  async concurrently<T extends readonly unknown[]>(
    tasks: {
      readonly [K in keyof T]: () => Promise<T[K]>;
    },
  ): Promise<T> {
    const parent = this.#requireActor('concurrently');
    const branches = tasks.map((task, index) => this.#spawn(`${parent.name}/${index}`, task, parent));
    const settled: PromiseSettledResult<unknown>[] = [];
    for (const branch of branches) {
      settled.push(
        await this.join(branch).then(
          (value) => ({ status: 'fulfilled' as const, value }),
          (reason: unknown) => ({ status: 'rejected' as const, reason }),
        ),
      );
    }
    return valuesOrFirstError<T>(settled);
  }

  /** Starts an actor at the current virtual time; it gets its first turn once the running one lets go of the baton. */
  spawn<T>(name: string, body: () => Promise<T>): Actor<T> {
    return this.#spawn(name, body, undefined);
  }

  /** Releases the baton until `actor` has ended; resolves with its result or rejects with its error. */
  async join<T>(actor: Actor<T>): Promise<T> {
    const self = this.#requireActor('join');
    if (!actor.ended) await this.#park(self, (resume) => actor.onEnd(() => this.#queueTurn(self, this.#nowMs, resume)));
    return await actor.result;
  }

  signal<T = void>(): Signal<T> {
    const waiters: (() => void)[] = [];
    const state: { fired: boolean; value: T | undefined } = { fired: false, value: undefined };
    return {
      get fired() {
        return state.fired;
      },
      fire: (value: T) => {
        if (state.fired) return;
        state.fired = true;
        state.value = value;
        for (const wake of waiters.splice(0)) wake();
      },
      wait: async () => {
        const actor = this.#requireActor('signal.wait');
        if (!state.fired) {
          await this.#park(actor, (resume) => waiters.push(() => this.#queueTurn(actor, this.#nowMs, resume)));
        }
        return state.value as T;
      },
    };
  }

  /**
   * Ends `actor` and its branches where they stand: a parked one never gets another turn, a running one lets go of the
   * baton at its next clock call and never returns from it. Models a process that dies.
   */
  kill(actor: Actor): void {
    for (const other of this.#actors) if (other.parent === actor) this.kill(other);
    if (actor.ended) return;
    actor.end({ ok: false, error: new ActorKilledError(actor.name) });
    this.#actors.delete(actor);
    for (let index = this.#turns.length - 1; index >= 0; index--) {
      if (this.#turns[index]?.actor === actor) this.#turns.splice(index, 1);
    }
  }

  /** The running actor dies here, and with a branch whatever it is a branch of: one process. The baton is free. */
  async killCurrent(): Promise<never> {
    const actor = this.#requireActor('killCurrent');
    let whole = actor;
    while (whole.parent !== undefined) whole = whole.parent;
    this.kill(whole);
    this.#releaseBaton(actor);
    return await new Promise<never>(() => {});
  }

  /**
   * Runs `main` as an actor, and everything it spawns, until `main` has ended. Actors still parked then stay parked.
   *
   * @throws VirtualDeadlockError when nobody can ever wake up again
   * @throws ActorStuckError when an actor does not let go of the baton
   */
  async run<T>(name: string, main: () => Promise<T>): Promise<T> {
    const actor = this.spawn(name, main);
    while (!actor.ended) {
      const turn = this.#turns.shift();
      if (turn === undefined) {
        const waiting = [...this.#actors].map((waiter) => waiter.name).join(', ');
        throw new VirtualDeadlockError(`no actor can ever wake up again; waiting: ${waiting || 'nobody'}`);
      }
      await this.#take(turn);
    }
    return await actor.result;
  }

  /**
   * Serves actors that come from outside (HTTP requests) until `stop` is called: virtual time follows the wall clock,
   * `speed` virtual milliseconds for each real one, and `advanceMs` lets it jump.
   */
  serve(options: { readonly speed: number }): ServedClock {
    let stopping = false;
    let wallMs = performance.now();
    let targetMs = this.#nowMs;
    let wake: () => void = () => {};
    const catchUp = (): void => {
      const wallNowMs = performance.now();
      targetMs += (wallNowMs - wallMs) * options.speed;
      wallMs = wallNowMs;
    };
    const loop = async (): Promise<void> => {
      while (!stopping) {
        catchUp();
        const next = this.#turns[0];
        if (next !== undefined && next.atMs <= targetMs) {
          this.#turns.shift();
          await this.#take(next);
          continue;
        }
        this.#nowMs = Math.max(this.#nowMs, Math.floor(targetMs));
        await new Promise<void>((resolve) => {
          const waitMs = next === undefined ? 1_000 : Math.min(1_000, (next.atMs - targetMs) / options.speed);
          const timer = setTimeout(resolve, waitMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          this.#onTurnQueued = wake;
        });
      }
    };
    const running = loop();
    return {
      submit: async (name, body) => await this.spawn(name, body).result,
      advanceMs: async (milliseconds) => {
        // An actor of its own, so that the promise resolves only after everything due before it has had its turn.
        catchUp();
        targetMs += milliseconds;
        const passed = this.spawn('advance', async () => await this.sleepMs(milliseconds));
        wake();
        await passed.result;
      },
      stop: async () => {
        stopping = true;
        wake();
        await running;
        this.#onTurnQueued = undefined;
      },
    };
  }

  #spawn<T>(name: string, body: () => Promise<T>, parent: Actor | undefined): Actor<T> {
    const actor = new Actor<T>(name, parent);
    this.#actors.add(actor);
    this.#queueTurn(actor, this.#nowMs, () => {
      void this.#current.run(actor, async () => {
        try {
          actor.end({ ok: true, value: await body() });
        } catch (error) {
          actor.end({ ok: false, error });
        }
        this.#actors.delete(actor);
        this.#releaseBaton(actor);
      });
    });
    return actor;
  }

  #requireActor(call: string): Actor {
    const actor = this.#current.getStore();
    if (actor === undefined) throw new OutsideActorError(`${call} was called outside any actor of the virtual clock`);
    return actor;
  }

  #queueTurn(actor: Actor, atMs: number, resume: () => void): void {
    if (actor.ended) return;
    const turn: Turn = { atMs, sequence: this.#sequence++, actor, resume };
    let low = 0;
    let high = this.#turns.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#turns[middle];
      if (other !== undefined && other.atMs <= atMs) low = middle + 1;
      else high = middle;
    }
    this.#turns.splice(low, 0, turn);
    this.#onTurnQueued?.();
  }

  async #park(actor: Actor, arrange: (resume: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      // A killed actor that was still running stops here permanently: it gets no further turn.
      arrange(resolve);
      this.#releaseBaton(actor);
    });
  }

  #releaseBaton(actor: Actor): void {
    // What a killed actor still had under way must not take the baton from whoever holds it now.
    if (this.#holder !== actor) return;
    this.#holder = undefined;
    const yielded = this.#yielded;
    this.#yielded = undefined;
    yielded?.();
  }

  async #take(turn: Turn): Promise<void> {
    this.#nowMs = Math.max(this.#nowMs, turn.atMs);
    let watchdog: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#holder = turn.actor;
        this.#yielded = resolve;
        watchdog = setTimeout(() => {
          reject(
            new ActorStuckError(
              `actor "${turn.actor.name}" held the baton for ${this.#watchdogMs} ms of wall time: ` +
                'it awaits something that no other actor can do before it lets go',
            ),
          );
        }, this.#watchdogMs);
        turn.resume();
      });
    } finally {
      clearTimeout(watchdog);
    }
  }
}

/** A virtual clock that follows the wall clock, for a simulator reached over HTTP. */
export interface ServedClock {
  /** Runs `body` as an actor and resolves with its result. */
  submit<T>(name: string, body: () => Promise<T>): Promise<T>;
  /** Lets virtual time jump; resolves when everything due by then has run. */
  advanceMs(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}
