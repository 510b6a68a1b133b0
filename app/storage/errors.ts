// What IndexedDB's errors mean to a person: one mapping from the browser's exceptions to DeviceError. No I/O here.
import { DeviceError } from '../failure.ts';

/**
 * The error to throw for what a request, a transaction or opening failed with. An error that is not the browser's own,
 * such as one thrown by the caller's callback, stays as it is.
 */
export function storageError(cause: unknown): unknown {
  if (!(cause instanceof DOMException)) return cause;
  const detail = `${cause.name}: ${cause.message}`;
  switch (cause.name) {
    case 'QuotaExceededError':
      return new DeviceError('storage_full', { detail, cause });
    // The connection is gone: closed for an upgrade, cut by the browser, or a newer version of the app has the database.
    case 'AbortError':
    case 'InvalidStateError':
    case 'NotFoundError':
    case 'TransactionInactiveError':
    case 'VersionError':
      return new DeviceError('storage_closed', { detail, cause });
    default:
      return new DeviceError('storage_unavailable', { detail, cause });
  }
}

/** The error to throw when the database does not open: in a private window each browser has another one for that. */
export function openError(cause: unknown): DeviceError {
  if (cause instanceof DeviceError) return cause;
  const error = storageError(cause);
  const known = cause instanceof DOMException && /^(QuotaExceeded|Version)Error$/.test(cause.name);
  if (known && error instanceof DeviceError) return error;
  return new DeviceError('storage_unavailable', { detail: String(cause), cause });
}

/** Of several errors of one failed transaction the one that says why: a full disk, else the first. */
export function reasonOf(errors: readonly unknown[]): unknown {
  const full = errors.find((e) => e instanceof DOMException && e.name === 'QuotaExceededError');
  return full ?? errors.find((e) => e !== null && e !== undefined);
}
