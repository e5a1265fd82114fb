import type { HeaderBag } from '../http/request/headers.js';
import type { Fields } from './message-carrier.js';

export interface MessageHeaders {
  readonly headers: HeaderBag;
  /** Names and values in turn, as Node has those of a request: tells whether one came more than once. */
  readonly rawHeaders: string[];
}

/** Header fields of any transport as Node would have them: names in lower case, texts only. */
export function readFields(fields: Fields): MessageHeaders {
  // Without a prototype: names are the sender's.
  const headers = Object.create(null) as Record<string, string | string[]>;
  const rawHeaders: string[] = [];
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    for (const text of textsOf(value)) {
      rawHeaders.push(lower, text);
      const before = headers[lower];
      headers[lower] = before === undefined ? text : [before, text].flat();
    }
  }
  return { headers, rawHeaders };
}

/** Anything but a text presents no credential. Kafka and AMQP have bytes. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Buffer.isBuffer(value)) return [value.toString()];
  return Array.isArray(value) ? value.flatMap((one) => (Array.isArray(one) ? [] : textsOf(one))) : [];
}
