import autocannon from 'autocannon';

export const CONNECTIONS = 32;

export interface Load {
  /** Requests, or runs of a flow. */
  readonly operations: number;
  readonly seconds: number;
}

/** Puts a server under load for some seconds. */
export type Driver = (seconds: number) => Promise<Load>;

export interface FixedRequest {
  readonly url: string;
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Replaces `headers`: one set for each connection. */
  readonly headersByConnection?: readonly Readonly<Record<string, string>>[];
}

/** The same request over and over. @throws Error when one fails */
export function repeat({ headersByConnection, ...request }: FixedRequest): Driver {
  return async (seconds) => {
    let connection = 0;
    const result = await autocannon({
      ...request,
      connections: CONNECTIONS,
      duration: seconds,
      setupClient: (client) => {
        const headers = headersByConnection?.[connection++];
        if (headers) client.setHeaders(headers);
      },
    });
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${request.url}: ${result.non2xx} replies were not 2xx, ${result.errors} requests failed`);
    return { operations: result.requests.total, seconds: result.duration };
  };
}

/** Flows whose requests need earlier replies: each worker runs its own flow, again and again. @throws what a run throws */
export function runFlows(workers: readonly (() => Promise<void>)[]): Driver {
  return async (seconds) => {
    const start = performance.now();
    const end = start + seconds * 1000;
    let operations = 0;
    await Promise.all(
      workers.map(async (run) => {
        for (; performance.now() < end; operations++) await run();
      }),
    );
    return { operations, seconds: (performance.now() - start) / 1000 };
  };
}
