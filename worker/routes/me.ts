// GET /api/me: who a token is, and what it is good for.
import { Hono } from 'hono';
import type { Me } from '../../src/contract/api.ts';
import { requirePrincipal, scopesOf } from '../guard.ts';
import type { IdentityVariables, Principal } from '../identity.ts';
import { summaryOf as summaryOfDevice } from './devices.ts';
import { summaryOf as summaryOfKey } from './keys.ts';

export function meRoutes() {
  return new Hono<{ Variables: IdentityVariables }>().get('/', (c) =>
    c.json(describe(requirePrincipal(c.var.principal)), 200, { 'Cache-Control': 'no-store' }),
  );
}

function describe(principal: Principal): Me {
  const rest = { owner: principal.owner, scopes: [...scopesOf(principal)] };
  switch (principal.kind) {
    case 'device':
      return { principal: 'device', ...rest, device: summaryOfDevice(principal.device, principal) };
    case 'key':
      return { principal: 'key', ...rest, key: summaryOfKey(principal.key) };
    case 'operator':
      return { principal: 'operator', ...rest };
  }
}
