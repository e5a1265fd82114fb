import type { SeedClient } from 'nest-authority';

/** The client id of the web client. */
export const WEB_CLIENT = 'demo-web';
/** Not the next ports: a second node of the demo is likely to use those. */
const PORT_OFFSET = 100;
const MAX_PORT = 65_535;

/**
 * The port of the web client: AUTH_WEB_CLIENT_PORT, else 100 above the demo's. Null: off, which is also the default when the system chooses
 * the demo's port.
 * @throws Error that names the variable
 */
export function readWebClientPort(text: string | undefined, demoPort: number): number | null {
  if (text === 'off') return null;
  if (!text) return demoPort === 0 || demoPort + PORT_OFFSET > MAX_PORT ? null : demoPort + PORT_OFFSET;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT)
    throw new Error(`AUTH_WEB_CLIENT_PORT: ${JSON.stringify(text)} is not a port. Give 1 to 65535, or off.`);
  return port;
}

/**
 * By number, while the demo says `localhost`: for the browser it is another site, which shares no cookies with the demo. Cookies ignore
 * ports.
 */
export function webClientOrigin(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** The web client's secret; null when its client does not exist, e.g. when an AUTH_CLIENTS_FILE does not name it. */
export function webClientSecret(clients: readonly SeedClient[]): string | null {
  return clients.find((one) => one.client_id === WEB_CLIENT)?.client_secret ?? null;
}
