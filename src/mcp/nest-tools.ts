import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { allNeeds, needsNothing, type ToolNeeds, type ToolTable } from './tool-needs.js';

export const TOOL_SCOPES_KEY = 'nest-authority:tool-scopes';

/** Of `@rekog/mcp-nest`, which not every host has. */
const TOOL_KEY = 'mcp:tool';
const PUBLIC_TOOL_KEY = 'mcp:public-tool';
const SCOPES_KEY = 'mcp:scopes';
const MATCH_KEY = 'mcp:scopes-match';

const scanner = new MetadataScanner();
const tables = new WeakMap<ModulesContainer, ToolTable>();

/**
 * What the tools of mcp-nest in this application require, by their decorators. Two tools of one name, of different servers, add up: which
 * server a route leads to is not known here.
 */
export function nestTools(modules: ModulesContainer): ToolTable {
  const known = tables.get(modules) ?? readTools(modules);
  tables.set(modules, known);
  return known;
}

/** A tool of mcp-nest, by its method. */
export function nestTool(method: Function, controller: Function): { readonly name: string; readonly needs: ToolNeeds } {
  const { name } = (Reflect.getMetadata(TOOL_KEY, method) ?? {}) as { name?: string };
  return { name: name ?? method.name, needs: needsOf(method, controller) };
}

export function toolScopesOf(target: object): readonly string[] {
  return (Reflect.getMetadata(TOOL_SCOPES_KEY, target) as string[] | undefined) ?? [];
}

function readTools(modules: ModulesContainer): ToolTable {
  const table = new Map<string, ToolNeeds>();
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  for (const { name, needs } of controllers.flatMap(({ metatype }) => toolsOf(metatype)))
    if (!needsNothing(needs)) table.set(name, allNeeds([needs, ...[table.get(name) ?? []].flat()]));
  return table;
}

function toolsOf(controller: Function | null): ReturnType<typeof nestTool>[] {
  const prototype = controller?.prototype as Record<string, unknown> | undefined;
  if (!controller || !prototype) return [];
  return scanner.getAllMethodNames(prototype).flatMap((key) => {
    const method = prototype[key];
    return typeof method === 'function' && Reflect.hasMetadata(TOOL_KEY, method) ? [nestTool(method, controller)] : [];
  });
}

function needsOf(method: Function, controller: Function): ToolNeeds {
  const ours = [...toolScopesOf(controller), ...toolScopesOf(method)];
  const theirs = scopesOfMcpNest(method);
  const isAny = Reflect.getMetadata(MATCH_KEY, method) === 'any';
  return {
    scopes: [...new Set([...ours, ...(isAny ? [] : theirs)])],
    anyScope: isAny && theirs.length > 0 ? [theirs] : [],
  };
}

/** A public tool of mcp-nest is open to all, whatever scopes it names: those only tell clients what more there is. */
function scopesOfMcpNest(method: Function): readonly string[] {
  if (Reflect.getMetadata(PUBLIC_TOOL_KEY, method) === true) return [];
  return (Reflect.getMetadata(SCOPES_KEY, method) as readonly string[] | undefined) ?? [];
}
