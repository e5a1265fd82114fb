import { Connection } from '../connection.js';
import { encode, headerOf, readJson, type Call } from '../message.js';

export interface BenchUser {
  readonly sessionToken: string;
  readonly cookie: string;
}

const USERS = 16;

/** The server under load as its clients see it while a workload is prepared. */
export class BenchHost {
  private registered: Promise<readonly BenchUser[]> | undefined;
  private readonly connections: readonly Connection[];

  constructor(port: number) {
    this.connections = Array.from({ length: USERS }, () => new Connection(port));
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /** Sixteen for all workloads: the hash of a password costs much on purpose. */
  users(): Promise<readonly BenchUser[]> {
    return (this.registered ??= this.perConnection(signUp));
  }

  /** @returns `each` answers for each user, whose requests follow one another */
  async perUser<Made>(
    each: number,
    make: (connection: Connection, user: BenchUser) => Promise<Made>,
  ): Promise<readonly Made[]> {
    const users = await this.users();
    const made = await this.perConnection(async (connection, index) => {
      const own: Made[] = [];
      while (own.length < each) own.push(await make(connection, users[index]!));
      return own;
    });
    return made.flat();
  }

  private perConnection<Made>(make: (connection: Connection, index: number) => Promise<Made>): Promise<Made[]> {
    return Promise.all(this.connections.map(make));
  }
}

/** @throws Error for a reply other than 200 */
export async function ask<Answer>(connection: Connection, call: Call): Promise<Answer> {
  return readJson<Answer>(await connection.send(encode(call)));
}

export function bearerOf(token: string) {
  return { authorization: `Bearer ${token}` };
}

async function signUp(connection: Connection, index: number): Promise<BenchUser> {
  const json = { email: `bench-${index}@example.com`, password: 'bench-password', name: 'Bench' };
  const reply = await connection.send(encode({ path: '/api/auth/sign-up/email', json }));
  const { token } = readJson<{ token: string }>(reply);
  const cookies = headerOf(reply, 'set-cookie').map((line) => line.split(';', 1)[0]!);
  return { sessionToken: token, cookie: cookies.join('; ') };
}
