import { Client } from 'pg';

export default async function globalTeardown() {
  if (globalThis.stopTestCluster) return globalThis.stopTestCluster();
  const client = new Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${process.env.TEST_TEMPLATE} WITH (FORCE)`);
  await client.end();
}
