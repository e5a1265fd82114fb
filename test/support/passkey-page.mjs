// A page of a host's own, with better-auth's client as it is published. Bundled for browsers by `bundle.mjs`.
import { createAuthClient } from 'better-auth/client';
import { passkeyClient } from '@better-auth/passkey/client';

globalThis.client = createAuthClient({ plugins: [passkeyClient()] });
