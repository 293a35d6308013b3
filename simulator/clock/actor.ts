/** The actor was ended from outside, like a process that dies. */
export class ActorKilledError extends Error {
  override readonly name = 'ActorKilledError';

  constructor(actorName: string) {
    super(`actor "${actorName}" was killed`);
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** One thread of the simulator: a workflow execution, a function call, a producer, a replication link. */
export class Actor<T = unknown> {
  readonly name: string;
  /** The actor whose branch this is; it dies with it, and where a process dies inside a branch it dies with the branch. */
  readonly parent: Actor | undefined;
  /** Settles when the actor has ended. Inside another actor use `VirtualClock.join`, which lets go of the baton. */
  readonly result: Promise<T>;
  readonly #deferred = Promise.withResolvers<unknown>();
  readonly #onEnd: (() => void)[] = [];
  #ended = false;
  #killed = false;

  constructor(name: string, parent: Actor | undefined) {
    this.name = name;
    this.parent = parent;
    this.result = this.#deferred.promise as Promise<T>;
    // An actor that nobody joins must not take the process down; whoever joins it still sees the error.
    this.result.catch(() => {});
  }

  get ended(): boolean {
    return this.#ended;
  }

  get killed(): boolean {
    return this.#killed;
  }

  /** Runs `callback` when the actor ends; at once when it has. */
  onEnd(callback: () => void): void {
    if (this.#ended) callback();
    else this.#onEnd.push(callback);
  }

  /** Called by the clock alone. The first outcome counts. */
  end(outcome: Outcome<T>): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#killed = !outcome.ok && outcome.error instanceof ActorKilledError;
    if (outcome.ok) this.#deferred.resolve(outcome.value);
    else this.#deferred.reject(outcome.error);
    for (const callback of this.#onEnd.splice(0)) callback();
  }
}
