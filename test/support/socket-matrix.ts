import { TEST_ISSUER } from './app.js';
import type { MatrixCase, MatrixWorld } from './credential-matrix.js';
import { Refused, type Connect } from './socket-clients.js';

/** One case of the matrix over a socket: header fields go to the handshake, and a browser that sends cookies says where its page is from. */
export async function statusOrSubject(
  connect: Connect,
  url: string,
  { handler, headers }: MatrixCase,
  world: MatrixWorld,
): Promise<number | string> {
  const fields = headers(world);
  const place = handler === 'public' ? 'open' : 'matrix';
  try {
    const client = await connect(url, place, {
      headers: { ...fields, ...(fields['cookie'] !== undefined && { origin: TEST_ISSUER }) },
    });
    const { event, data } = await client.ask(handler);
    client.close();
    return event === 'exception' ? (data.statusCode as number) : (data.subject as string);
  } catch (error) {
    if (error instanceof Refused) return error.status;
    throw error;
  }
}
