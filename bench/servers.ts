import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { StatementCounts } from './statement-counter.js';

export interface ServerStats {
  /** Microseconds. */
  readonly cpu: { readonly user: number; readonly system: number };
  readonly statements: StatementCounts;
}

/** A server in a process of its own. */
export interface BenchServer {
  readonly port: number;
  readonly node: string;
  stats(): Promise<ServerStats>;
  stop(): Promise<void>;
}

export interface ServerOrder {
  readonly adapter: string;
  /** Without one it is Nest alone, without us. */
  readonly databaseUrl?: string;
  /** The node binary. Default: the one that runs the benchmark. */
  readonly node?: string | undefined;
}

/** @throws Error when it does not start */
export async function startServer({ adapter, databaseUrl, node }: ServerOrder): Promise<BenchServer> {
  const child = fork(new URL('./server.js', import.meta.url), {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      ADAPTER: adapter,
      ...(databaseUrl === undefined ? { BARE: '1' } : { DATABASE_URL: databaseUrl }),
    },
    ...(node !== undefined && { execPath: node }),
  });
  const started = await answerOf<{ url: string; node: string }>(child);
  return {
    port: Number(new URL(started.url).port),
    node: started.node,
    stats: () => {
      const answer = answerOf<ServerStats>(child);
      child.send('stats');
      return answer;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

/** The next message of the process. @throws Error when it ends first */
async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('A server has ended.');
  });
  try {
    const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as [Answer];
    return answer;
  } finally {
    ended.catch(() => undefined);
    over.abort();
  }
}
