/**
 * A dashboard's body:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export interface DashboardBody {
  readonly widgets: readonly Widget[];
}

interface Widget {
  readonly type: 'text' | 'metric' | 'log' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a widget shows; `layOut` gives it a place. */
export type Panel = Pick<Widget, 'type' | 'properties'>;

/** One line of a graph. */
export interface Series {
  readonly region: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly label: string;
}

/** Columns of a dashboard, and panels side by side. */
const columns = 24;
const panelsInRow = 2;
const panelHeight = 6;

/** Puts panels into rows, from left to right. */
export const layOut = (panels: readonly Panel[]): DashboardBody => ({
  widgets: panels.map((panel, index) => ({
    ...panel,
    x: (index % panelsInRow) * (columns / panelsInRow),
    y: Math.floor(index / panelsInRow) * panelHeight,
    width: columns / panelsInRow,
    height: panelHeight,
  })),
});

export const text = (markdown: string): Panel => ({ type: 'text', properties: { markdown } });

/** A horizontal line with a meaning. */
export interface Mark {
  readonly label: string;
  readonly value: number;
}

/** A graph of the greatest value in each minute. */
export const graph = (
  title: string,
  region: string,
  series: readonly Series[],
  {
    marks = [],
    statistic = 'Maximum',
    periodSeconds = 60,
  }: {
    readonly marks?: readonly Mark[];
    readonly statistic?: 'Maximum' | 'Minimum' | 'Sum';
    readonly periodSeconds?: number;
  } = {},
): Panel => ({
  type: 'metric',
  properties: {
    title,
    region,
    view: 'timeSeries',
    stat: statistic,
    period: periodSeconds,
    metrics: series.map((line) => [
      line.namespace,
      line.metric,
      ...Object.entries(line.dimensions).flat(),
      { label: line.label, region: line.region },
    ]),
    ...(marks.length > 0 && { annotations: { horizontal: marks } }),
  },
});

/** Rows of a CloudWatch Logs Insights query over log groups of the dashboard's own Region. */
export const logs = (title: string, region: string, groups: readonly string[], query: readonly string[]): Panel => ({
  type: 'log',
  properties: {
    title,
    region,
    view: 'table',
    query: [...groups.map((group) => `SOURCE '${group}'`), ...query].join(' | '),
  },
});

/** The state of alarms. */
export const alarms = (title: string, arns: readonly string[]): Panel => ({
  type: 'alarm',
  properties: { title, alarms: arns },
});
