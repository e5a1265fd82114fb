import type { IncomingHttpHeaders } from 'node:http';
import { AuthError } from '../errors/auth-error.js';
import type { HandshakeFields } from './handshake-fields.js';

/** Before the token, in one subprotocol. */
const PREFIX = 'nest-authority.bearer.';
/** A subprotocol of this name is followed by one that is the token. */
const NAME = 'bearer';

/**
 * Takes the token out of `Sec-WebSocket-Protocol`, the only field that a page can set on a WebSocket: `nest-authority.bearer.<token>`, or
 * `bearer` and then the token. What is left is for the server to choose from, so that its answer never contains the token.
 * @throws AuthError 400 for two tokens, or when nothing is left to choose: browsers close a connection whose subprotocol was not chosen
 */
export function takeToken(headers: IncomingHttpHeaders): HandshakeFields {
  const offered = headers['sec-websocket-protocol']?.split(',').map((one) => one.trim());
  if (!offered) return {};
  const tokens: string[] = [];
  const left: string[] = [];
  for (let index = 0; index < offered.length; index++) {
    const one = offered[index]!;
    if (one.startsWith(PREFIX)) tokens.push(one.slice(PREFIX.length));
    else left.push(one);
    if (one === NAME && index + 1 < offered.length) tokens.push(offered[++index]!);
  }
  const [token] = tokens;
  if (token === undefined) return {};
  headers['sec-websocket-protocol'] = left.join(', ');
  if (left.length === 0) {
    delete headers['sec-websocket-protocol'];
    throw AuthError.invalidRequest('Offer a subprotocol beside the one with the token');
  }
  if (tokens.length > 1) throw AuthError.invalidRequest('More than one credential was presented');
  return { authorization: `Bearer ${token}` };
}
