import { randomBytes } from 'node:crypto';

if (!process.env.DATABASE_URL) {
  console.error(
    'DATABASE_URL is missing: "docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=postgres postgres:18" starts a database at postgres://postgres:postgres@localhost:5432/postgres.',
  );
  process.exit(1);
}
if (!process.env.AUTH_SECRET) {
  console.warn('AUTH_SECRET is missing: this start makes one of its own, which is for development only.');
  process.env.AUTH_SECRET = randomBytes(32).toString('base64url');
}
process.env.PORT ??= '3000';
