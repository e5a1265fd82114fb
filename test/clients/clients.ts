import { createAuthClient as createClient17 } from 'better-auth/client';
import { createAuthClient as createClient16 } from 'better-auth-16/client';

/** Outcome of every call of the client. */
export interface Outcome<Data = any> {
  readonly data: Data;
  readonly error: { code?: string; message?: string; status: number; statusText: string } | null;
}

/** The client as JavaScript sees it: a proxy that turns any chain of names into a request. */
export interface LooseClient {
  (body?: object, fetchOptions?: object): Promise<Outcome>;
  readonly [name: string]: LooseClient;
}

/** Both lines of the unmodified client that this project promises to serve. */
export const CLIENTS = [
  { version: '1.7.5', create: createClient17 as unknown as (options: object) => LooseClient },
  { version: '1.6.34', create: createClient16 as unknown as (options: object) => LooseClient },
] as const;
