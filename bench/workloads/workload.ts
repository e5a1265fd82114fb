import type { Load } from '../load.js';
import type { BenchHost } from './bench-host.js';

export interface Workload {
  /** As in docs/performance.md. */
  readonly id: string;
  readonly title: string;
  /** A guard is all that Nest alone lacks: it is sent the same requests. */
  readonly isAnsweredByNestAlone?: true;
  /** Makes the credentials that it needs. */
  prepare(host: BenchHost): Promise<Load>;
}
