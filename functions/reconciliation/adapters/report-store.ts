import type { ReconciliationEnvironment } from '../../runtime/environment/pair-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { ObjectStore } from './object-store.ts';

/** The report bucket of a function's own Region. */
export const reportStore = (
  runtime: Runtime,
  environment: Pick<ReconciliationEnvironment, 'REPORT_BUCKET'>,
  region: string,
): ObjectStore => new ObjectStore(runtime, { region, bucket: environment.REPORT_BUCKET });
