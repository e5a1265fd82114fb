import { DataSource } from 'typeorm';
import { authDataSource } from '../../src/index.js';
import { createTestDatabase, serverUrl, type TestDatabase } from './database.js';
import { connectSql, type SqlClient } from './sql-client.js';

let template: Promise<string> | undefined;

/** A database with all our tables: a copy of one that the first caller of this run has migrated. Much less work than to migrate each. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  template ??= findOrMakeTemplate();
  return createTestDatabase(await template);
}

async function findOrMakeTemplate(): Promise<string> {
  // The name is set, and the database dropped, by the global set-up and teardown.
  const name = process.env['TEST_TEMPLATE']!;
  const server = await connectSql(serverUrl());
  try {
    // Of workers that start at once, one migrates. The lock ends with the connection.
    await server.run('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const found = await server.run('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (found.length === 0) await makeTemplate(server, name);
  } finally {
    await server.close();
  }
  return name;
}

/** It gets its name last, so that half a template is never found. */
async function makeTemplate(server: SqlClient, name: string): Promise<void> {
  const { url } = await createTestDatabase();
  const source = await new DataSource(authDataSource({ url, migrationsRun: true, poolSize: 1 })).initialize();
  await source.destroy();
  await server.run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} RENAME TO ${name}`);
}
