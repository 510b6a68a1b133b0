// Settings: one record a key, parsed when read, because an older or newer version of the app may have written it.
import * as v from 'valibot';
import type { Database } from './connection.ts';
import type { ProjectId, SettingValues } from './schema.ts';
import type { Storage } from './storage.ts';

type Part = Pick<Storage, 'setting' | 'setSetting'>;

const SETTINGS: { readonly [K in keyof SettingValues]: v.GenericSchema<unknown, SettingValues[K]> } = {
  connection: v.object({
    origin: v.string(),
    token: v.string(),
    device: v.string(),
    owner: v.string(),
    name: v.string(),
    valid: v.boolean(),
  }),
  language: v.picklist(['en', 'de']),
  theme: v.picklist(['light', 'dark']),
  lastProject: v.custom<ProjectId>((value) => typeof value === 'string'),
  backend: v.object({
    testedFor: v.string(),
    results: v.array(
      v.object({
        backend: v.picklist(['wasm', 'wasm-threads', 'webgl']),
        ms: v.nullable(v.number()),
        refused: v.nullable(v.picklist(['unavailable', 'not-numbers', 'wrong', 'hung', 'failed'])),
      }),
    ),
  }),
  installDismissed: v.boolean(),
};

export function settingStorage({ read, write }: Database): Part {
  return {
    setting: (key) =>
      read(['settings'], async (tx) => {
        const record = await tx.objectStore('settings').get(key);
        const parsed = v.safeParse(SETTINGS[key], record?.value);
        return parsed.success ? parsed.output : null;
      }),
    setSetting: (key, value) =>
      write(['settings'], async (tx, tell) => {
        if (value === null) await tx.objectStore('settings').delete(key);
        else await tx.objectStore('settings').put({ key, value });
        tell('settings', null);
      }),
  };
}
