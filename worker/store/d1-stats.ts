// Counters in D1.
import * as v from 'valibot';
import { Counts } from '../observe/counts.ts';
import { STATS_DAYS, type StatsStore } from './stats-store.ts';
import { guardStorage } from './storage-error.ts';

const Row = v.object({ day: v.string(), counts: v.pipe(v.string(), v.parseJson(), Counts) });
const PopulationRow = v.object({
  owners: v.number(),
  devices: v.number(),
  keys: v.number(),
  heads: v.number(),
  publicHeads: v.number(),
});

/**
 * Counters of the table `stats`.
 * @throws AppError `storage_failed`, from every method
 */
export function createD1StatsStore(db: D1Database): StatsStore {
  return {
    save: ({ isolate, day, counts }) =>
      guardStorage(async () => {
        await db.batch([
          db
            .prepare(
              `INSERT INTO stats (isolate, day, counts) VALUES (?1, ?2, ?3)
               ON CONFLICT (day, isolate) DO UPDATE SET counts = ?3`,
            )
            .bind(isolate, day, JSON.stringify(counts)),
          db.prepare(`DELETE FROM stats WHERE day < date(?, '-${STATS_DAYS} days')`).bind(day),
        ]);
      }),
    since: (day) =>
      guardStorage(async () => {
        const { results } = await db
          .prepare('SELECT day, counts FROM stats WHERE day >= ? ORDER BY day')
          .bind(day)
          .all();
        return v.parse(v.array(Row), results);
      }),
    population: () =>
      guardStorage(async () => {
        const row = await db
          .prepare(
            `SELECT (SELECT count(*) FROM owners WHERE id <> 'operator') AS owners,
                    (SELECT count(*) FROM devices) AS devices, (SELECT count(*) FROM keys) AS keys,
                    (SELECT count(*) FROM heads) AS heads,
                    (SELECT count(*) FROM heads WHERE visibility = 'public') AS publicHeads`,
          )
          .first();
        return v.parse(PopulationRow, row);
      }),
  };
}
