import type { ImportContext } from '../kind.js';
import type { SourceRow } from '../source-values.js';
import { isConfirmed, openFactor } from './old-factor.js';
import { SECOND_FACTORS, UNOPENED } from './second-factors.js';

/** A second factor that a user has there and will not have here. */
export interface LackedFactor {
  readonly reason: string;
  /** There is a row of it, which is told as one that is not moved. */
  readonly isTold: boolean;
}

/** Users whose second factor cannot be moved: moved all the same, they would sign in by less than they do there. */
export async function lackedFactors(
  users: readonly SourceRow[],
  { source, target, settings }: ImportContext,
): Promise<Map<string, LackedFactor>> {
  const asked = users.filter((user) => user['twoFactorEnabled'] === true).map(({ id }) => id);
  if (asked.length === 0 || settings.secondFactors === 'none') return new Map();
  if (!target.has(SECOND_FACTORS.table.name)) return new Map(asked.map((id) => [id, NO_TABLE]));
  const rows = (await source.rowsBy('twoFactor', 'userId', asked)).filter(isConfirmed);
  const factors = new Map(rows.toReversed().map((row) => [String(row['userId']), row]));
  return new Map(
    asked.flatMap((id) => {
      const row = factors.get(id);
      if (row && openFactor(row, settings.secrets ?? [])) return [];
      return [[id, row ? { reason: `a second factor: ${UNOPENED}`, isTold: true } : BY_MESSAGE]];
    }),
  );
}

const NO_TABLE: LackedFactor = {
  reason: 'a second factor: there is no table auth_two_factor here, give the option twoFactor and run its migrations',
  isTold: false,
};
const BY_MESSAGE: LackedFactor = {
  reason: 'a second factor that is no app: codes by mail or phone are in no table there',
  isTold: false,
};
