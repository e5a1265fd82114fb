import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type Client,
  type ClientDuplexStream,
  type ClientOptions,
  type ClientReadableStream,
  type ClientWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Transport, type GrpcOptions } from '@nestjs/microservices';
import { join } from 'node:path';
import type { Fields } from './ask.js';

const PROTO = join(process.cwd(), 'test/support/calls.proto');

export function grpcOptions(port: number): GrpcOptions {
  return {
    transport: Transport.GRPC,
    options: { package: 'calls', protoPath: PROTO, url: `127.0.0.1:${port}`, loader: { keepCase: true } },
  };
}

/** What a call ended with: all that the server has sent, or the status. */
export interface Ended {
  readonly sent: readonly unknown[];
  readonly status: number;
  readonly details?: string;
  readonly trailers: Readonly<Record<string, unknown>>;
}

export interface GrpcCaller {
  /** @param fields metadata, or header fields for it */
  call(
    service: string,
    method: string,
    fields?: Fields | Metadata,
    message?: object,
    deadlineMilliseconds?: number,
  ): Promise<Ended>;
  close(): void;
}

type Answered = (error: ServiceError | null, answer: unknown) => void;
type Method = (
  ...args: unknown[]
) => ClientReadableStream<unknown> & ClientWritableStream<unknown> & ClientDuplexStream<unknown, unknown>;

/** A client of grpc-js itself. */
export function grpcCaller(port: number, settings: ClientOptions = {}): GrpcCaller {
  const { calls } = loadPackageDefinition(loadSync(PROTO, { keepCase: true })) as unknown as {
    calls: Record<string, new (...args: unknown[]) => Client & Record<string, Method>>;
  };
  const clients: Client[] = [];
  const clientOf = (service: string) => {
    const client = new calls[service]!(`127.0.0.1:${port}`, credentials.createInsecure(), settings);
    clients.push(client);
    return client;
  };
  const known: Record<string, ReturnType<typeof clientOf>> = {};
  return {
    call: (service, name, fields = {}, message = {}, deadlineMilliseconds = 10_000) => {
      const client = (known[service] ??= clientOf(service));
      const { requestStream, responseStream } = client[name] as unknown as Record<string, boolean>;
      const metadata = fields instanceof Metadata ? fields : metadataOf(fields);
      const options = { deadline: Date.now() + deadlineMilliseconds };
      return new Promise((resolve) => {
        const sent: unknown[] = [];
        const end = (error: ServiceError | null) =>
          resolve({
            sent,
            status: error?.code ?? 0,
            ...(error && { details: error.details }),
            trailers: error?.metadata.toJSON() ?? {},
          });
        const answered: Answered = (error, answer) => end((answer !== undefined && sent.push(answer), error));
        const first = requestStream ? [] : [message];
        const call = client[name]!(...first, metadata, options, ...(responseStream ? [] : [answered]));
        if (responseStream)
          call
            .on('data', (one) => sent.push(one))
            .on('error', end)
            .on('end', () => end(null));
        if (!requestStream) return;
        call.write(message);
        call.end();
      });
    },
    close: () => clients.forEach((client) => client.close()),
  };
}

function metadataOf(fields: Fields): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(fields)) metadata.add(name, value);
  return metadata;
}
