import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

// As a page does it, which cannot set headers on its socket.
const client = createClient({
  url: `ws://localhost:${process.env.PORT ?? '3000'}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${process.argv[2]}` },
  retryAttempts: 0,
});
try {
  for await (const answer of client.iterate({ query: 'subscription { noteAdded { id text mine } }' }))
    console.log(JSON.stringify(answer.data ?? answer.errors));
} catch (error) {
  // 4401 after the sign-out, at once.
  const { code, reason } = error as { code?: number; reason?: string };
  console.log('closed', code, reason);
}
