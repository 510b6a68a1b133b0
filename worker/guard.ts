// What each principal may do: the one place that decides it. Routes ask here, before they do anything else.
//
//   scope        anonymous     key                          device     operator
//   predict      public heads  always                       yes        yes
//   heads:read   public heads  if it was given              yes        yes
//   heads:write  no            no                           yes        yes
//   account      no            no                           yes        no
//   operate      no            no                           no         yes
//
// `account` is devices, link codes and keys. The operator has none: the one secret is no person's phone, and nothing
// that it could hand out would be bound to a device that can be revoked. `heads:read` is a head's bytes and history:
// who may only predict must not carry the head away.

import * as v from 'valibot';
import type { Scope } from '../src/contract/api.ts';
import { AppError } from '../src/contract/errors.ts';
import { HeadId, type ModelName } from '../src/contract/ids.ts';
import type { Principal } from './identity.ts';
import { headNotFound } from './problem.ts';
import type { Refusal } from './store/device-store.ts';
import { type HeadRecord, type HeadStore, OPERATOR } from './store/head-store.ts';

/** A caller with a token, or without one. */
export type Caller = Principal | null;
/** What anyone may do, with public heads. */
type OpenScope = Extract<Scope, 'predict' | 'heads:read'>;
export type DevicePrincipal = Extract<Principal, { readonly kind: 'device' }>;

/** What a token is good for. */
export function scopesOf(principal: Principal): readonly Scope[] {
  switch (principal.kind) {
    case 'key':
      return principal.key.scopes;
    case 'device':
      return ['predict', 'heads:read', 'heads:write', 'account'];
    case 'operator':
      return ['predict', 'heads:read', 'heads:write', 'operate'];
  }
}

/** @throws AppError `unauthorized` when there was no token */
export function requirePrincipal(caller: Caller): Principal {
  if (caller !== null) return caller;
  throw new AppError('unauthorized', {
    detail: 'This needs a token: enrol with POST /api/devices, and send "Authorization: Bearer <token>".',
  });
}

/** May put, change, roll back and delete heads of its own. @throws AppError `unauthorized`, `forbidden` */
export function requireHeadWriter(caller: Caller): Principal {
  return requireScope(requirePrincipal(caller), 'heads:write');
}

/** May see and change its owner's devices, links and keys. @throws AppError `unauthorized`, `forbidden` */
export function requireDevice(caller: Caller): DevicePrincipal {
  const principal = requireScope(requirePrincipal(caller), 'account');
  if (principal.kind === 'device') return principal;
  throw forbidden('account');
}

/** Is the one who deployed the Worker. @throws AppError `unauthorized`, `forbidden` */
export function requireOperator(caller: Caller): Principal {
  return requireScope(requirePrincipal(caller), 'operate');
}

/** A key never enrols: it could otherwise become what outlives it. @throws AppError `forbidden` */
export function refuseKey(caller: Caller): void {
  if (caller?.kind === 'key') throw forbidden('account');
}

/**
 * The head that a caller may use so under this id: its own, else a public one; for a key of one head that one alone.
 * The scope is looked at first, so that a key without it learns nothing of what heads there are.
 * @throws AppError `head_not_found`, the same for a head of somebody else as for none; `forbidden`
 */
export async function findHead(
  heads: HeadStore,
  id: HeadId,
  caller: Caller,
  scope: OpenScope,
): Promise<HeadRecord> {
  if (caller !== null) requireScope(caller, scope);
  const head = await heads.find(id, caller?.owner ?? null);
  if (head === null || !reaches(caller, head)) throw headNotFound(id);
  return head;
}

/**
 * The head that answers predictions on a model which name none: the operator's head of the model's name.
 * @throws AppError `head_not_found` when there is none, or the caller is a key of another head
 */
export async function findDefaultHead(
  heads: HeadStore,
  model: ModelName,
  caller: Caller,
): Promise<HeadRecord> {
  if (caller !== null) requireScope(caller, 'predict');
  const head = await heads.findOwned(v.parse(HeadId, model), OPERATOR);
  // Public unless the operator has made it private: then it is as if it were not there.
  if (head !== null && isVisible(head, caller) && reaches(caller, head)) return head;
  const only = caller?.kind === 'key' ? caller.key.head : null;
  throw new AppError('head_not_found', {
    detail:
      only === null
        ? `The model "${model}" has no default head here. Name one.`
        : `This key is for the head "${only}" alone. Name it.`,
  });
}

/** The heads that a caller may list: its own and the public ones; of a key of one head that one. @throws AppError `forbidden` */
export async function listHeads(heads: HeadStore, caller: Caller): Promise<readonly HeadRecord[]> {
  if (caller !== null) requireScope(caller, 'heads:read');
  return (await heads.list(caller?.owner ?? null)).filter((head) => reaches(caller, head));
}

/** Why a device's request to make one more was not carried out. */
export function refused(refusal: Refusal, limit: string): AppError {
  if (refusal === 'full') return new AppError('limit_reached', { detail: `${limit}. Revoke one first.` });
  return new AppError('unauthorized', { detail: 'This device has been revoked. Enrol it again.' });
}

/**
 * A key of one head knows that head of its owner and nothing else, public or not: what a program does with it must not
 * change when somebody publishes a head of the same id.
 */
function reaches(caller: Caller, head: HeadRecord): boolean {
  if (caller?.kind !== 'key' || caller.key.head === null) return true;
  return head.owner === caller.owner && head.id === caller.key.head;
}

function isVisible(head: HeadRecord, caller: Caller): boolean {
  return head.visibility === 'public' || head.owner === caller?.owner;
}

function requireScope(principal: Principal, scope: Scope): Principal {
  if (scopesOf(principal).includes(scope)) return principal;
  throw forbidden(scope);
}

function forbidden(scope: Scope): AppError {
  return new AppError('forbidden', {
    detail: `This token is not good for "${scope}". GET /api/me says what it is good for.`,
  });
}
