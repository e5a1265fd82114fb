import { Connection } from './connection.js';
import { unexpected } from './message.js';

/** As many as there are requests in flight. */
export const CONNECTIONS = 16;

/** One request, or the requests of one flow, whose replies are checked. @throws Error for a wrong reply */
export type Iteration = (connection: Connection) => Promise<void>;

export interface Load {
  /** One for each connection, which repeats it. */
  readonly iterations: readonly Iteration[];
  /** A window is not over before this many iterations, however short it is: so each credential has been used. */
  readonly atLeast: number;
}

export interface Driven {
  readonly iterations: number;
  readonly seconds: number;
}

/** The requests in turn, over all connections, each at least so often. */
export function inTurn(requests: readonly Buffer[], usesOfEach = 1): Load {
  let next = 0;
  const iteration: Iteration = async (connection) => {
    const reply = await connection.send(requests[next++ % requests.length]!);
    if (reply.status !== 200) throw unexpected(reply);
  };
  const iterations = Array.from({ length: CONNECTIONS }, () => iteration);
  return { iterations, atLeast: Math.max(requests.length * usesOfEach, 256) };
}

/** Flows of several requests, each of which needs what the reply before said. */
export function flows(iterations: readonly Iteration[]): Load {
  return { iterations, atLeast: 4 * CONNECTIONS };
}

/** Puts a server under load for some seconds. @throws Error when a reply is wrong */
export async function drive(port: number, { iterations, atLeast }: Load, seconds: number): Promise<Driven> {
  const connections = iterations.map(() => new Connection(port));
  const start = performance.now();
  const end = start + seconds * 1000;
  let done = 0;
  try {
    await Promise.all(
      iterations.map(async (iterate, index) => {
        for (; performance.now() < end || done < atLeast; done++) await iterate(connections[index]!);
      }),
    );
    return { iterations: done, seconds: (performance.now() - start) / 1000 };
  } finally {
    for (const connection of connections) connection.close();
  }
}
