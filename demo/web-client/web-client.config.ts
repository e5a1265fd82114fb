import type { SeedClient } from 'nest-authority';

/** The client id under which the web client signs users in. */
export const WEB_CLIENT = 'demo-web';
/** Away from the next ports, where a second node of the demo is likely to be. */
const PORT_OFFSET = 100;
const MAX_PORT = 65_535;

/**
 * Where the web client listens: AUTH_WEB_CLIENT_PORT, else 100 above the demo. Null: off, which is also the default beside a demo on a port of
 * the system's choice.
 * @throws Error that names the variable
 */
export function readWebClientPort(text: string | undefined, demoPort: number): number | null {
  if (text === 'off') return null;
  if (!text) return demoPort === 0 || demoPort + PORT_OFFSET > MAX_PORT ? null : demoPort + PORT_OFFSET;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT)
    throw new Error(`AUTH_WEB_CLIENT_PORT: ${JSON.stringify(text)} is no port. Give 1 to 65535, or off.`);
  return port;
}

/**
 * By number, though the demo says `localhost`: a site of its own for the browser, which shares no cookies with the demo. Cookies ignore ports.
 */
export function webClientOrigin(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** What the web client proves itself with; null when its client does not exist, as with an AUTH_CLIENTS_FILE that does not name it. */
export function webClientSecret(clients: readonly SeedClient[]): string | null {
  return clients.find((one) => one.client_id === WEB_CLIENT)?.client_secret ?? null;
}
