import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Closes every connection that is still open to it. */
  drop(): Promise<void>;
}

/**
 * An empty database on the server of global-setup.mjs, so that test files do not see each other's rows. Created from template0 with a fixed
 * locale, so that a server given by TEST_DATABASE_URL sorts like the embedded one.
 *
 * @param template database to copy, made by this function too; then it is not empty
 */
export async function createTestDatabase(template?: string): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const origin = template ?? `template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`;
  await run(`CREATE DATABASE ${name} TEMPLATE ${origin}`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

export function serverUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url) throw new Error('TEST_POSTGRES_URL is not set: run the tests through jest, whose global set-up sets it.');
  return url;
}

async function run(statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
