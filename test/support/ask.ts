import { ClientProxyFactory, Transport, type ClientProxy } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';

export type Fields = Readonly<Record<string, string>>;

/** Sends a message and returns the answer or the error with which it is refused; fails when there is neither. */
export async function ask(client: ClientProxy, pattern: string, message: unknown = {}): Promise<unknown> {
  const answer = client.send<unknown>(pattern, message).pipe(timeout(5_000));
  return firstValueFrom(answer).catch((error: unknown) => {
    if ((error as Error)?.name === 'TimeoutError') throw error;
    return error;
  });
}

/** The same, with fields in the metadata of the packet. */
export function askWith(client: ClientProxy, fields: Fields, pattern: string, message: unknown = {}): Promise<unknown> {
  client.setOnDispatchHook((packet) => Object.assign(packet, { metadata: fields }));
  return ask(client, pattern, message).finally(() => client.setOnDispatchHook(() => undefined));
}

export async function tcpClient(port: number): Promise<ClientProxy> {
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { port } });
  await client.connect();
  return client;
}
