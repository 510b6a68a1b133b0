// Conditional requests on heads: If-Match and If-None-Match -> what the caller expects to be stored.
// Pure. @see https://www.rfc-editor.org/rfc/rfc9110#section-13
import * as v from 'valibot';
import { AppError } from '../src/contract/errors.ts';
import { Digest } from '../src/contract/ids.ts';
import type { Expected } from './store/head-store.ts';

interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/**
 * What a PUT expects: `If-None-Match: *` nothing, `If-Match` one of its revisions. An entity tag that is no revision,
 * or a weak one, matches nothing.
 * @throws AppError `precondition_required` with neither, `request_invalid` with both or another If-None-Match
 */
export function expectedOfPut({ ifMatch, ifNoneMatch }: Conditions): Expected {
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    throw new AppError('request_invalid', { detail: 'Send either If-Match or If-None-Match, not both.' });
  if (ifMatch !== undefined) return revisionsOf(ifMatch);
  if (ifNoneMatch === undefined)
    throw new AppError('precondition_required', {
      detail:
        'Send "If-None-Match: *" to create the head, or "If-Match: <its ETag>" to replace that revision.',
    });
  if (ifNoneMatch.trim() !== '*')
    throw new AppError('request_invalid', { detail: 'The only If-None-Match that creates a head is "*".' });
  return 'absent';
}

/**
 * What a rollback expects: one of the revisions of `If-Match`, so that it never undoes a change that was not seen.
 * @throws AppError `precondition_required` without it
 */
export function expectedOfRollback(ifMatch: string | undefined): Expected {
  if (ifMatch !== undefined) return revisionsOf(ifMatch);
  throw new AppError('precondition_required', {
    detail: 'Send "If-Match: <the ETag of the head>" to roll back from that revision.',
  });
}

/** What a DELETE expects: any revision unless `If-Match` says which. */
export function expectedOfDelete(ifMatch: string | undefined): Expected {
  return ifMatch === undefined ? 'any' : revisionsOf(ifMatch);
}

/** Whether a reader's copy is current: `If-None-Match` lists this revision, weakly compared. */
export function isCurrent(ifNoneMatch: string | undefined, revision: Digest): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || tags(ifNoneMatch).some(({ tag }) => tag === revision);
}

/** The entity tag of a revision. */
export function etagOf(revision: Digest): string {
  return `"${revision}"`;
}

function revisionsOf(ifMatch: string): Expected {
  if (ifMatch.trim() === '*') return 'any';
  return tags(ifMatch).flatMap(({ tag, weak }) => {
    const parsed = v.safeParse(Digest, tag);
    return parsed.success && !weak ? [parsed.output] : [];
  });
}

function tags(list: string): readonly { readonly tag: string; readonly weak: boolean }[] {
  return Array.from(list.matchAll(/(W\/)?"([^"]*)"/g), ([, weak, tag = '']) => ({
    tag,
    weak: weak !== undefined,
  }));
}
