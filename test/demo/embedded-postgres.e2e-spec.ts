import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { isAlive } from '../../demo/embedded-postgres/process-table.js';
import { until } from '../support/until.js';

const LAUNCHER = new URL('../../dist/demo/embedded-postgres/start-embedded-postgres.js', import.meta.url).href;
const EXIT_WITH_PARENT = new URL('../../dist/demo/exit-with-parent.js', import.meta.url).href;

/** A program that starts the cluster, prints a line of JSON and obeys the words `stop` and `exit` on its input. */
const STARTER = `
  const { startEmbeddedPostgres } = await import(${JSON.stringify(LAUNCHER)});
  const { exitWithParent } = await import(${JSON.stringify(EXIT_WITH_PARENT)});
  const say = (answer) => process.stdout.write(JSON.stringify(answer) + '\\n');
  try {
    const cluster = await startEmbeddedPostgres(JSON.parse(process.argv[1]));
    exitWithParent(() => cluster.stop());
    say({ url: cluster.url, port: cluster.port });
    process.stdin.on('data', async (word) => {
      if (String(word) === 'exit') process.exit(7);
      await cluster.stop();
      process.exit(0);
    });
  } catch (error) {
    say({ problem: error.message });
  }`;

interface Options {
  dataDirectory: string;
  durable: boolean;
  port?: number;
}

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly problem?: string;
}

describe('startEmbeddedPostgres', () => {
  let folder: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-authority-embedded-'));
    await chmod(folder, 0o711);
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await until('no server is left', async () => (await postmasterPid()) === undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const dataDirectory = () => join(folder, 'postgres');

  async function start(options: Partial<Options> = {}, withChannel = false): Promise<Started> {
    const order = JSON.stringify({ dataDirectory: dataDirectory(), durable: true, ...options });
    const stdio = ['pipe', 'pipe', 'inherit', ...(withChannel ? ['ipc' as const] : [])] as const;
    const child = spawn(process.execPath, ['--input-type=module', '-e', STARTER, order], { stdio: [...stdio] });
    children.push(child);
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    return { child, ...(JSON.parse(String(line)) as Omit<Started, 'child'>) };
  }

  async function postmasterPid(): Promise<number | undefined> {
    const text = await readFile(join(dataDirectory(), 'postmaster.pid'), 'utf8').catch(() => undefined);
    const pid = Number.parseInt(text ?? '', 10);
    return Number.isInteger(pid) && isAlive(pid) ? pid : undefined;
  }

  async function keeperPid(): Promise<number> {
    const lock = JSON.parse(await readFile(join(folder, 'postgres.lock'), 'utf8')) as { keeperPid: number };
    return lock.keeperPid;
  }

  /** Waits until the port, the server and its keeper are gone after `ending`. */
  async function expectNothingLeftAfter(ending: () => unknown, { child, port }: Started): Promise<void> {
    const [server, keeper] = [await postmasterPid(), await keeperPid()];
    expect(server).toBeDefined();
    const exited = once(child, 'exit');
    await ending();
    await exited;
    await until('all are gone', async () => !isAlive(server!) && !isAlive(keeper) && !(await accepts(port)));
  }

  const tell = (started: Started, word: string) => started.child.stdin!.write(word);

  it('answers, and keeps its data across restarts', async () => {
    const first = await start();
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await expectNothingLeftAfter(() => tell(first, 'stop'), first);

    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await expectNothingLeftAfter(() => tell(second, 'stop'), second);
  });

  it('asks for the password, which only its owner may read', async () => {
    const { url } = await start();
    const anonymous = url.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(anonymous, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(folder, 'postgres.json'))).mode & 0o777).toBe(0o600);
  });

  it('deletes the data of a throw-away cluster', async () => {
    const started = await start({ durable: false });
    expect(await query(started.url, 'SHOW max_connections')).toEqual([{ max_connections: '200' }]);
    await expectNothingLeftAfter(() => tell(started, 'stop'), started);
    await expect(stat(dataDirectory())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves nothing behind when the program calls process.exit', async () => {
    const started = await start();
    await expectNothingLeftAfter(() => tell(started, 'exit'), started);
  });

  it('leaves nothing behind when the program is killed, and recovers what was committed', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await expectNothingLeftAfter(() => first.child.kill('SIGKILL'), first);

    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('starts at once after a kill, while the keeper is still at work', async () => {
    const first = await start();
    first.child.kill('SIGKILL');
    const second = await start();
    expect(second.problem).toBeUndefined();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leaves nothing behind when the channel to a supervisor breaks', async () => {
    const started = await start({}, true);
    await expectNothingLeftAfter(() => started.child.disconnect(), started);
  });

  it('stops the server itself when the keeper was killed', async () => {
    const started = await start();
    const keeper = await keeperPid();
    await expectNothingLeftAfter(async () => {
      process.kill(keeper, 'SIGKILL');
      await until('the keeper is gone', () => !isAlive(keeper));
      tell(started, 'stop');
    }, started);
  });

  it('stops a server whose program and keeper were both killed', async () => {
    const first = await start();
    const [orphan, keeper] = [await postmasterPid(), await keeperPid()];
    first.child.kill('SIGSTOP');
    process.kill(keeper, 'SIGKILL');
    first.child.kill('SIGKILL');
    await until('the keeper is gone', () => !isAlive(keeper));
    expect(isAlive(orphan!)).toBe(true);

    const second = await start();
    expect(second.problem).toBeUndefined();
    await until('the orphan is gone', () => !isAlive(orphan!));
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('does not mistake a stranger for its server', async () => {
    const first = await start();
    await expectNothingLeftAfter(() => tell(first, 'stop'), first);
    await writeFile(join(dataDirectory(), 'postmaster.pid'), `${process.pid}\n${dataDirectory()}\n`);

    const second = await start();
    expect(second.problem).toBeUndefined();
  });

  it('remakes a data directory that was left half made, and keeps what lay there', async () => {
    await mkdir(join(folder, 'postgres.initializing-dead', 'cluster'), { recursive: true });
    await mkdir(dataDirectory());
    await writeFile(join(dataDirectory(), 'PG_VERSION'), '18\n');

    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(stat(join(folder, 'postgres.initializing-dead'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says so when another program is using the database', async () => {
    const first = await start();
    const second = await start();
    expect(second.problem).toMatch(/^Another nest-authority program is already using the database/);
    expect(second.problem).toContain('DATABASE_URL');
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says so when the port is taken', async () => {
    const { port } = await start();
    const { problem } = await start({ dataDirectory: join(folder, 'other', 'postgres'), port });
    expect(problem).toMatch(/stopped while it was starting/);
    expect(problem).toContain('Address already in use');
    expect(problem).toContain('DATABASE_URL');
  });

  it('says so when the directory cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const { problem } = await start({ dataDirectory: join(folder, 'file', 'postgres') });
    expect(problem).toMatch(/cannot be made: E/);
    expect(problem).toContain('DATABASE_URL');
  });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
