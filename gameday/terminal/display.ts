import cliTruncate from 'cli-truncate';
import pc from 'picocolors';
import type { LiveView } from '../experiment/run-game-day.ts';
import type { LiveEvent } from '../journal/recorder.ts';
import type { GameDaySummary } from '../journal/summary.ts';
import { EventLines, formatLine } from './event-line.ts';
import { LiveState } from './status-block.ts';
import { summaryTable } from './summary-table.ts';

/** Where a display writes to. */
export interface Screen {
  write(text: string): void;
  /** Whether lines already written can be overwritten. */
  readonly isTty: boolean;
  /** Width in characters, asked for at each frame: people resize terminals. */
  columns(): number;
  readonly colour: boolean;
}

/** What a person sees of a run. */
export interface Display {
  begin(startMs: number, heading: string): void;
  event(event: LiveEvent): void;
  /** May redraw; called often. */
  frame(view: LiveView): void;
  end(summary: GameDaySummary): void;
  /** Leaves the terminal as it should be, whatever happened. */
  release(): void;
}

/** Wall milliseconds between two redraws: ten a second look alive and do not flicker. */
const redrawMs = 100;

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
/** Terminals that know synchronised output draw what is between these two at once; others ignore them. */
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';

/** A display that says nothing. */
export const silentDisplay: Display = {
  begin: () => {},
  event: () => {},
  frame: () => {},
  end: () => {},
  release: () => {},
};

/** Only the final table. */
export const quietDisplay = (screen: Screen): Display => ({
  ...silentDisplay,
  end: (summary) => screen.write(`${summaryTable(summary, pc.createColors(screen.colour)).join('\n')}\n`),
});

/** A scrolling log, on a terminal with a status block below it that is redrawn in place. */
export class LiveDisplay implements Display {
  readonly #screen: Screen;
  readonly #colors: ReturnType<typeof pc.createColors>;
  readonly #lines = new EventLines();
  readonly #state = new LiveState();
  readonly #wallMs: () => number;
  #startMs = 0;
  #pending: string[] = [];
  #blockHeight = 0;
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  #cursorHidden = false;

  constructor(screen: Screen, wallMs: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#colors = pc.createColors(screen.colour);
    this.#wallMs = wallMs;
  }

  begin(startMs: number, heading: string): void {
    this.#startMs = startMs;
    this.#print(this.#colors.bold(heading));
  }

  event(event: LiveEvent): void {
    this.#state.apply(event);
    const line = this.#lines.lineFor(event);
    if (line !== undefined) this.#print(formatLine(line, this.#startMs, this.#colors));
  }

  frame(view: LiveView): void {
    if (!this.#screen.isTty || this.#wallMs() - this.#lastFrameMs < redrawMs) return;
    this.#lastFrameMs = this.#wallMs();
    const columns = this.#screen.columns();
    const block = this.#state.lines(view, this.#colors).map((line) => cliTruncate(line, columns));
    this.#redraw(block);
  }

  end(summary: GameDaySummary): void {
    this.#redraw([]);
    this.#screen.write(`${summaryTable(summary, this.#colors).join('\n')}\n`);
    this.release();
  }

  release(): void {
    if (!this.#cursorHidden) return;
    this.#cursorHidden = false;
    this.#screen.write(showCursor);
  }

  #print(line: string): void {
    if (this.#screen.isTty) this.#pending.push(cliTruncate(line, this.#screen.columns()));
    else this.#screen.write(`${line}\n`);
  }

  /** Puts what is new in place of the old block, and the new block below it, in one write. */
  #redraw(block: readonly string[]): void {
    if (!this.#screen.isTty) return;
    const back = this.#blockHeight > 0 ? `\u001b[${this.#blockHeight}F\u001b[J` : '';
    const text = [...this.#pending, ...block].map((line) => `${line}\n`).join('');
    const hide = this.#cursorHidden ? '' : hideCursor;
    this.#cursorHidden = true;
    this.#screen.write(`${beginFrame}${hide}${back}${text}${endFrame}`);
    this.#pending = [];
    this.#blockHeight = block.length;
  }
}
