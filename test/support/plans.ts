import type { Statement } from '../../src/index.js';
import type { SqlClient } from './sql-client.js';

/** A step of a plan, as `EXPLAIN (FORMAT JSON)` tells it. */
interface Step {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Plan Rows': number;
  readonly 'Total Cost': number;
  readonly Plans?: readonly Step[];
}

/** A sort of more rows than this is one of a set without a bound. An incremental one is not: a LIMIT above it ends it. */
const MAX_SORTED_ROWS = 10_000;
/** To read a table of a million rows costs more than twice this. */
const MAX_COST = 5_000;

/**
 * The plan of a statement: for parameters of which nothing is known, or for these values, in the language of SQL. `sql` has to be a
 * connection of its own.
 */
export async function planOf(sql: SqlClient, { name, text }: Statement, values?: readonly string[]): Promise<Step> {
  await sql.run(`SET plan_cache_mode = ${values ? 'force_custom_plan' : 'force_generic_plan'}`);
  await sql.run(`PREPARE "${name}" AS ${text}`);
  const [prepared] = await sql.run<{ count: number | null }>(
    'SELECT cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = $1',
    [name],
  );
  const given = values ?? Array.from({ length: prepared!.count ?? 0 }, () => 'NULL');
  const call = given.length > 0 ? `"${name}" (${given.join(', ')})` : `"${name}"`;
  const [row] = await sql.run<{ 'QUERY PLAN': [{ Plan: Step }] }>(`EXPLAIN (FORMAT JSON) EXECUTE ${call}`);
  await sql.run(`DEALLOCATE "${name}"`);
  return row!['QUERY PLAN'][0].Plan;
}

/** What of a plan gets slower as tables grow. @param small tables that do not */
export function faultsOf(plan: Step, small: ReadonlySet<string>): string[] {
  const faults = stepsOf(plan).flatMap((step) => faultOf(step, small));
  if (plan['Total Cost'] > MAX_COST) faults.push(`costs ${Math.round(plan['Total Cost'])}`);
  return faults;
}

function faultOf(step: Step, small: ReadonlySet<string>): string[] {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index } = step;
  if (type.endsWith('Seq Scan') && !small.has(table!)) return [`reads all of ${table}`];
  if (index !== undefined && step['Index Cond'] === undefined && !(table && small.has(table)))
    return [`reads all of ${index}`];
  const sorted = type === 'Sort' ? (step.Plans?.[0]?.['Plan Rows'] ?? 0) : 0;
  return sorted > MAX_SORTED_ROWS ? [`sorts ${sorted} rows`] : [];
}

function stepsOf(step: Step): Step[] {
  return [step, ...(step.Plans ?? []).flatMap(stepsOf)];
}
