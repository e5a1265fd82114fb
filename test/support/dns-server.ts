import { createSocket } from 'node:dgram';
import dns from 'node:dns';

export interface DnsServer {
  /** Names it was asked for, in order, with repeats. */
  readonly asked: string[];
  /** IPv4 addresses by name. For other names it sends no reply at all, not even that there is no such name. */
  readonly records: Map<string, string[]>;
  close(): Promise<void>;
}

/** A DNS server that this process uses from now on, until it is closed. It answers for IPv4 only, and only for its records. */
export async function startDnsServer(): Promise<DnsServer> {
  const [asked, records] = [[] as string[], new Map<string, string[]>()];
  const socket = createSocket('udp4', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    asked.push(name);
    const found = type === 1 ? records.get(name) : undefined;
    if (found) socket.send(answerTo(query.subarray(0, end), found), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const before = dns.getServers();
  dns.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    asked,
    records,
    close: async () => {
      dns.setServers(before);
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

/** RFC 1035 4.1.2. */
function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let size = query[at]!; size > 0; size = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** RFC 1035 4.1.3: the question again, and an A record for each address. */
function answerTo(question: Buffer, addresses: readonly string[]): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, ...records]);
}
