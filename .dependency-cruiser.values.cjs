/**
 * What is loaded when an entry is imported: types are left out, since they are gone by then. A resource server, its API document and its
 * MCP endpoints must start where TypeORM and pg are not installed.
 */
module.exports = {
  forbidden: [
    {
      name: 'resource-server-needs-no-database',
      severity: 'error',
      from: { path: '^src/(mcp|resource-server|swagger)/' },
      to: { path: 'node_modules/(typeorm|pg|@nestjs/typeorm)/', reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
