const CAPABILITIES =
  '(accounts|api-keys|bearer|jwt|oauth-provider|device|client-credentials|account-linking|mcp|jwt-bearer|passkeys|resource-server|token-exchange|two-factor)';
const LEVEL_0 = '^src/common/(errors|principal|crypto|clock|html|texts|weighted-list)';
const LEVEL_2 =
  '^src/common/(calls|guards|sockets|grants|http|extension|common[.]module|auth-core[.]module|capability|index)';

/** The rooms of a folder, from the bottom up: a room imports from those before it. */
const ROOMS = {
  'common/http': ['request', 'origins', 'pages', 'routes', 'areas', 'edge'],
  accounts: [
    'passwords',
    'users',
    'mails',
    'sessions',
    'one-time-tokens',
    'sign-in',
    'own-account',
    'administration',
    'email-change',
    'verification',
    'recovery',
    'mailbox-sign-in',
    'magic-links',
    'email-codes',
    'pages',
  ],
  'account-linking': ['providers', 'states', 'linked-accounts', 'sign-in'],
  'api-keys': ['keys', 'verification', 'management', 'pages'],
  'client-credentials': ['outbound', 'grant'],
  device: ['authorizations', 'issue', 'verification', 'poll'],
  'jwt-bearer': ['issuers', 'subjects', 'grant'],
  passkeys: ['keys', 'ceremonies', 'registration', 'authentication', 'management', 'pages'],
  'resource-server': ['introspection'],
  'token-exchange': ['policy', 'grant', 'id-jag'],
  'two-factor': ['factors', 'mails', 'trust', 'challenge', 'verification', 'management', 'pages'],
  'oauth-provider': [
    'clients/metadata',
    'clients',
    'clients/documents',
    'clients/authentication',
    'registration',
    'authorization-details',
    'claims',
    'codes',
    'id-tokens',
    'consent',
    'logout',
    'token',
    'subject-tokens',
    'request-objects',
    'authorize',
    'pushed-requests',
    'own-clients',
    'introspection',
    'revocation',
    'userinfo',
    'metadata',
  ],
};

const filesOf = (folder, rooms) => `^src/${folder}/(${rooms.join('|')})/[^/]+$`;
const upwards = Object.entries(ROOMS).flatMap(([folder, rooms]) =>
  rooms.slice(0, -1).map((room, level) => [filesOf(folder, [room]), filesOf(folder, rooms.slice(level + 1))]),
);

/** The import arrows of docs/architecture.md. */
module.exports = {
  forbidden: [
    {
      name: 'no-sibling-capability',
      comment: 'A capability never imports another: what it needs goes through common/ports or its extension.',
      severity: 'error',
      from: { path: `^src/${CAPABILITIES}/` },
      to: { path: `^src/${CAPABILITIES}/`, pathNot: '^src/$1/' },
    },
    {
      name: 'common-knows-no-capability',
      severity: 'error',
      from: { path: '^src/common/' },
      to: { path: `^src/(${CAPABILITIES}/|auth[.]|index|swagger/|testing/)` },
    },
    {
      name: 'only-the-root-sees-capabilities',
      comment:
        'auth.module.ts, auth.options.ts, auth.schema.ts, index.ts, testing/index.ts and imports from other servers, which write all tables, know more than one.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(auth[.]|index|testing/index|command-line/import/|${CAPABILITIES}/)` },
      to: { path: `^src/${CAPABILITIES}/` },
    },
    {
      name: 'capabilities-do-not-know-the-root',
      comment: 'What the root puts together knows capabilities, and not the other way round.',
      severity: 'error',
      from: { path: `^src/${CAPABILITIES}/` },
      to: { path: '^src/(auth[.]|index[.]|swagger/|testing/)' },
    },
    {
      name: 'level-0-is-plain',
      comment: 'errors, principal, crypto, clock and html import node built-ins and one another only.',
      severity: 'error',
      from: { path: LEVEL_0 },
      to: { pathNot: `(${LEVEL_0}|^node:|^(crypto|zlib|util|buffer)$)`, dependencyTypesNot: ['core'] },
    },
    {
      name: 'level-1-below-level-2',
      comment: 'State (tokens, subjects, caches, ports) knows nothing of guards and HTTP.',
      severity: 'error',
      from: { path: '^src/common/', pathNot: LEVEL_2 },
      to: { path: LEVEL_2 },
    },
    ...upwards.map(([from, to]) => ({
      name: 'rooms-are-levels',
      comment: 'A room of a capability, or of common/http, knows only those below it (ROOMS).',
      severity: 'error',
      from: { path: from },
      to: { path: to },
    })),
    {
      name: 'rooms-do-not-know-their-module',
      comment: 'What a room has is listed by the module of its capability, or by its own *.providers.ts.',
      severity: 'error',
      from: { path: `^src/${CAPABILITIES}/[^/]+/` },
      to: { path: '[.]module[.]ts$' },
    },
    {
      name: 'swagger-is-optional',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/swagger/' },
      to: { path: '@nestjs/swagger' },
    },
    {
      name: 'webauthn-is-of-passkeys',
      comment: 'An optional package, loaded only where passkeys are on.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/passkeys/ceremonies/webauthn[.]library[.]ts$' },
      to: { path: '@simplewebauthn/' },
    },
    {
      name: 'mcp-is-of-hosts',
      comment: 'SDKs of MCP are the application’s: src/mcp knows what they pass by its shape (ADR 28).',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '(@modelcontextprotocol|@rekog)/' },
    },
    {
      name: 'schematics-stand-alone',
      comment:
        '`nest add` runs in applications that have nothing of this set up: it knows none of it, and none of it knows `nest add`.',
      severity: 'error',
      from: { path: '^src/schematics/' },
      to: { path: '^src/', pathNot: '^src/schematics/' },
    },
    {
      name: 'nobody-knows-schematics',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/schematics/' },
      to: { path: '^src/schematics/' },
    },
    {
      name: 'tools-of-the-host',
      comment:
        'What compiles and generates is loaded from the application, by host-tools.ts; here there are its types only.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '(@nestjs/schematics|@angular-devkit|node_modules/typescript)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'command-line-is-an-entry',
      comment: 'The command line sees the root and the kernel, and nothing sees it.',
      severity: 'error',
      from: { path: '^(src|demo)/', pathNot: '^src/command-line/' },
      to: { path: '^src/command-line/' },
    },
    {
      name: 'parser-is-of-the-command-line',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/command-line/' },
      to: { path: 'node_modules/commander/' },
    },
    {
      name: 'demo-is-a-host',
      comment: 'The demo imports the package by its name, as any host does.',
      severity: 'error',
      from: { path: '^demo/' },
      to: { path: '^src/', pathNot: '^src/(index|mcp/index|swagger/index)' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
