declare module 'autocannon' {
  interface Options {
    url: string;
    connections: number;
    duration: number;
    method?: 'POST';
    headers?: Readonly<Record<string, string>>;
    body?: string;
    /** Called once for each connection. */
    setupClient?: (client: { setHeaders(headers: Readonly<Record<string, string>>): void }) => void;
  }
  interface Result {
    requests: { total: number };
    non2xx: number;
    errors: number;
    duration: number;
  }
  export default function autocannon(options: Options): Promise<Result>;
}
