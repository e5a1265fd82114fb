import { jest } from '@jest/globals';
import { Controller, Get, Logger } from '@nestjs/common';
import { ApiProperty, ApiOkResponse, DocumentBuilder } from '@nestjs/swagger';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createTestApp, type TestApp } from '../support/app.js';

/** A host's own classes, with the names that every second application has. */
@Entity({ name: 'host_user' })
class User {
  @PrimaryColumn('text')
  id!: string;
  @ApiProperty({ type: String })
  @Column('text')
  nick!: string;
}

@Entity({ name: 'host_session' })
class Session {
  @PrimaryColumn('text')
  id!: string;
  /** By name, as hosts do to avoid import circles (typeorm#4940). */
  @ManyToOne('User')
  owner!: unknown;
}

@Entity({ name: 'host_token' })
class AuthToken {
  @PrimaryColumn('text')
  id!: string;
}

/** What a host may call its own view of a user, too. */
class AuthUser {
  @ApiProperty({ type: String })
  badge!: string;
}

@Controller('people')
class PeopleController {
  @Get('guards')
  @ApiOkResponse({ type: AuthUser, isArray: true })
  guards(): AuthUser[] {
    return [];
  }
  @Get()
  @ApiOkResponse({ type: User })
  list(): User[] {
    return [];
  }
}

/** `auth_token_family` -> `authtokenfamily`: how a class of that table is called, but for capitals. */
const plain = (table: string) => table.replaceAll('_', '');

describe('F12: names in registries that the host shares', () => {
  let host: TestApp;

  beforeAll(async () => {
    host = await createTestApp({
      auth: { jwt: true, apiKeys: true },
      entities: [Session, User],
      controllers: [PeopleController],
    });
  });
  afterAll(() => host.close());

  it('F12: every entity of ours is called after its table, which begins with auth_', () => {
    const ours = host.dataSource.entityMetadatas.filter(({ target }) => target !== User && target !== Session);
    expect(ours.length).toBeGreaterThan(15);
    for (const { name, tableName } of ours) {
      expect(tableName).toMatch(/^auth_/);
      expect(name).toMatch(/^Auth[A-Z]/);
      expect(name.toLowerCase()).toBe(plain(tableName));
    }
  });

  it("F12: a host's 'User' and 'Session' are its own, also by name (typeorm#4940, #8266)", () => {
    expect(host.dataSource.getRepository('User').metadata.tableName).toBe('host_user');
    expect(host.dataSource.getRepository('Session').metadata.tableName).toBe('host_session');
    const [owner] = host.dataSource.getMetadata(Session).relations;
    expect(owner!.inverseEntityMetadata.tableName).toBe('host_user');
  });

  it("F12: every schema of ours in the API document begins with Auth, and a host's User stays what it is", () => {
    const document = createAuthDocument(host.app, new DocumentBuilder().build());
    const names = Object.keys(document.components!.schemas!).filter((name) => name !== 'User');
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !/^Auth[A-Z]/.test(name))).toEqual([]);
    expect(document.components!.schemas!['User']).toMatchObject({ properties: { nick: { type: 'string' } } });
  });

  it("F12: a host's own AuthUser keeps its name in the API document, and ours stands beside it", () => {
    const { components, paths } = createAuthDocument(host.app, new DocumentBuilder().build());
    const schemas = components!.schemas!;
    expect(schemas['AuthUser']).toMatchObject({ properties: { badge: { type: 'string' } } });
    expect(schemas['AuthUser2']).toMatchObject({ properties: { email: { type: 'string' } } });
    const text = JSON.stringify(paths);
    expect(JSON.stringify(paths['/people/guards'])).toContain('#/components/schemas/AuthUser"');
    expect(JSON.stringify(paths['/api/auth/sign-up/email'])).not.toContain('#/components/schemas/AuthUser"');
    const refs = [...(text + JSON.stringify(schemas)).matchAll(/#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name!,
    );
    expect(refs).toContain('AuthUser2');
    expect(refs.filter((name) => !(name in schemas))).toEqual([]);
  });

  it("F12: a host's own AuthToken is told of at boot; each is found by its class", async () => {
    const log = jest.spyOn(Logger.prototype, 'warn');
    const other = await createTestApp({ entities: [AuthToken] });
    const told = log.mock.calls.map(([message]) => String(message));
    log.mockRestore();
    expect(told.filter((line) => /two entities called AuthToken: .*host_token.*by class/.test(line))).toHaveLength(1);
    expect(other.dataSource.getRepository(AuthToken).metadata.tableName).toBe('host_token');
    await other.close();
  });

  it('F12: the channel, the advisory locks and the prepared statements bear our name', () => {
    const code = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join('src', path), 'utf8'))
      .join('\n');
    const found = (pattern: RegExp) => [...code.matchAll(pattern)].map(([, name]) => name!);
    const locks = found(/pg_advisory_\w*lock\(([^)]*)/g);
    const channels = found(/_CHANNEL = '([^']+)'/g);
    // They live on connections that the host's own code uses as well.
    const statements = found(/name: '([^']+)',\n\s*text:/g);
    expect([locks.length > 1, channels.length, statements.length > 50]).toEqual([true, 1, true]);
    expect(locks.filter((lock) => !lock.startsWith("hashtext('nest-authority "))).toEqual([]);
    expect(channels).toEqual(['nest_authority']);
    expect(statements.filter((name) => !name.startsWith('auth_'))).toEqual([]);
    expect(new Set(statements).size).toBe(statements.length);
  });
});
