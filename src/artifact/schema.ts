// The first question to any artifact: is it ours, and of a version that this code reads?
import { AppError, type ErrorCode } from '../contract/errors.ts';
import { quote } from './safetensors-header.ts';

/**
 * Checks the `schema` of a file's metadata, written `<family>/<version>`.
 * @param expected for example `topwork.head/1`
 * @throws AppError `code`; a newer version's detail says to update
 */
export function checkSchema(schema: string | undefined, expected: string, code: ErrorCode): void {
  if (schema === expected) return;
  const [family, version] = expected.split('/');
  const match = /^(.*)\/([1-9][0-9]{0,8})$/.exec(schema ?? '');
  if (match?.[1] === family && Number(match?.[2]) > Number(version))
    throw new AppError(code, {
      detail: `The file is of version ${match?.[2]}; version ${version} is read here. Update Topwork to read it.`,
    });
  throw new AppError(code, {
    detail: `The file's schema is ${quote(schema ?? 'none')}; ${expected} is expected. Choose another file.`,
  });
}
