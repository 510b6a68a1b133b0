// The first question to any artifact: is it ours, and of a version that this code reads?
import { AppError, type ErrorCode } from '../contract/errors.ts';
import { quote } from './safetensors-header.ts';

/**
 * Checks the `schema` of a file's metadata, written `<family>/<version>`.
 * @param expected the newest that is read, for example `topwork.bn/1`
 * @throws AppError `code`; a newer version's detail says to update
 */
export function checkSchema(schema: string | undefined, expected: string, code: ErrorCode): void {
  if (schema === expected) return;
  if (isNewer(schema, expected))
    throw new AppError(code, {
      detail: `The file is of version ${versionOf(schema)[1]}; version ${versionOf(expected)[1]} is read here. Update Topwork to read it.`,
    });
  throw new AppError(code, {
    detail: `The file's schema is ${quote(schema ?? 'none')}; ${expected} is expected. Choose another file.`,
  });
}

/** Whether it is of the same family and a later version. */
export function isNewer(schema: string | undefined, expected: string): boolean {
  const [family, version] = versionOf(schema);
  const [ours, ourVersion] = versionOf(expected);
  return family !== null && family === ours && version > ourVersion;
}

function versionOf(schema: string | undefined): readonly [family: string | null, version: number] {
  const match = /^(.*)\/([1-9][0-9]{0,8})$/.exec(schema ?? '');
  return [match?.[1] ?? null, Number(match?.[2] ?? 0)];
}
